// TLS messages for tests, put together by hand. Tests only.
#pragma once

#include <span>
#include <string_view>

#include "base/byte_writer.h"

namespace holter::wire::test {

inline void put_vector16(base::ByteWriter& out, base::Bytes inside) {
  out.u16(static_cast<std::uint16_t>(inside.size()));
  out.bytes(inside);
}

inline void put_extension(base::ByteWriter& out, std::uint16_t type, base::Bytes data) {
  out.u16(type);
  put_vector16(out, data);
}

inline base::ByteWriter numbers16(std::span<const std::uint16_t> numbers) {
  base::ByteWriter list;
  for (const std::uint16_t number : numbers) list.u16(number);
  return list;
}

// As one of the lists that an extension holds: with its length of two bytes.
inline base::ByteWriter list16(std::span<const std::uint16_t> numbers) {
  base::ByteWriter out;
  put_vector16(out, numbers16(numbers).view());
  return out;
}

inline base::ByteWriter server_name(std::string_view name) {
  base::ByteWriter out;
  out.u16(static_cast<std::uint16_t>(name.size() + 3));
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(name.size()));
  out.text(name);
  return out;
}

inline base::ByteWriter message(std::uint8_t type, base::Bytes body) {
  base::ByteWriter out;
  out.u32(static_cast<std::uint32_t>(type) << 24 | static_cast<std::uint32_t>(body.size()));
  out.bytes(body);
  return out;
}

inline base::ByteWriter record(std::uint8_t type, base::Bytes body) {
  base::ByteWriter out;
  out.u8(type);
  out.u16(0x0301);
  put_vector16(out, body);
  return out;
}

// Up to the extensions, which are given.
inline base::ByteWriter client_hello(std::span<const std::uint16_t> suites, base::Bytes extensions) {
  base::ByteWriter body;
  body.u16(0x0303);
  for (std::uint8_t i = 0; i < 32; ++i) body.u8(i);
  body.u8(2);
  body.u16(0xabcd);
  put_vector16(body, numbers16(suites).view());
  body.u16(0x0100);  // one compression, none
  put_vector16(body, extensions);
  return message(1, body.view());
}

// The hello of the example in JA4's description, in its own order of extensions, with GREASE.
inline base::ByteWriter example_hello(std::string_view name = "example.com") {
  base::ByteWriter all, versions, shares, formats;
  versions.u8(6);
  for (const std::uint16_t version : {0x2a2a, 0x0304, 0x0303}) versions.u16(version);
  shares.u16(9);
  shares.u32(0x4a4a0001);
  shares.u8(0);
  shares.u32(0x001d0000);
  formats.u16(0x0100);
  put_extension(all, 0x1a1a, {});
  put_extension(all, 0x0000, server_name(name).view());
  put_extension(all, 0x0017, {});
  put_extension(all, 0xff01, {});
  put_extension(all, 0x000a, list16(std::array<std::uint16_t, 3>{0x4a4a, 29, 23}).view());
  put_extension(all, 0x000b, formats.view());
  put_extension(all, 0x0023, {});
  base::ByteWriter alpn;
  put_vector16(alpn, base::Bytes(reinterpret_cast<const std::uint8_t*>("\x02h2\x08http/1.1"), 12));
  put_extension(all, 0x0010, alpn.view());
  put_extension(all, 0x0005, {});
  put_extension(
      all, 0x000d,
      list16(std::array<std::uint16_t, 8>{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}).view());
  put_extension(all, 0x0012, {});
  put_extension(all, 0x0033, shares.view());
  put_extension(all, 0x002d, {});
  put_extension(all, 0x002b, versions.view());
  put_extension(all, 0x001b, {});
  put_extension(all, 0x4469, {});
  put_extension(all, 0x0015, {});
  constexpr std::array<std::uint16_t, 16> kSuites{0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                                                  0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
  return client_hello(kSuites, all.view());
}

}  // namespace holter::wire::test
