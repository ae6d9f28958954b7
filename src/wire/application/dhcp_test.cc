#include "wire/application/dhcp.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::Listed;
using test::Values;

// Everything up to the options; sname and file hold what is given.
base::ByteWriter head(Bytes sname = {}, Bytes file = {}) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {2, 1, 6, 1}) out.u8(byte);
  out.u32(0x01020304);
  out.u16(5);
  out.u16(0x8000);
  for (const std::uint32_t address : {0U, 0xc0000264U, 0xc0000201U, 0xc00002feU}) out.u32(address);
  for (std::uint8_t i = 1; i <= 6; ++i) out.u8(i);
  out.zeros(10);
  out.bytes(sname);
  out.zeros(64 - sname.size());
  out.bytes(file);
  out.zeros(128 - file.size());
  out.u32(0x63825363);
  return out;
}

void put(base::ByteWriter& out, std::uint8_t code, std::string_view value) {
  out.u8(code);
  out.u8(static_cast<std::uint8_t>(value.size()));
  out.text(value);
}

using namespace std::literals;

TEST(Dhcp, HeadAndOptions) {
  base::ByteWriter out = head();
  put(out, 53, "\x02"sv);
  out.u8(0);
  put(out, 54, "\xc0\x00\x02\x01"sv);
  put(out, 51, "\x00\x01\x51\x80"sv);
  put(out, 6, "\x08\x08\x08\x08\x09\x09\x09\x09"sv);
  put(out, 12, "printer\0"sv);
  put(out, 55, "\x01\x03\x06"sv);
  put(out, 61, "\x01\x01\x02\x03\x04\x05\x06"sv);
  put(out, 82, "agent"sv);
  put(out, 12, "twice"sv);
  out.u8(255);
  out.zeros(20);
  const FrameBytes frame = test::udp_of(67, 68, out.view());
  Listed got = test::listed(frame);
  EXPECT_EQ(got["dhcp.op"], Values{"2"});
  EXPECT_EQ(got["dhcp.id"], Values{"16909060"});
  EXPECT_EQ(got["dhcp.seconds"], Values{"5"});
  EXPECT_EQ(got["dhcp.broadcast"], Values{"1"});
  EXPECT_EQ(got["dhcp.your_address"], Values{"c0000264"});
  EXPECT_EQ(got["dhcp.relay_address"], Values{"c00002fe"});
  EXPECT_EQ(got["dhcp.client_mac"], Values{"010203040506"});
  EXPECT_EQ(got["dhcp.option"], (Values{"53", "54", "51", "6", "12", "55", "61", "82", "12"}));
  EXPECT_EQ(got["dhcp.message_type"], Values{"2"});
  EXPECT_EQ(got["dhcp.server_id"], Values{"c0000201"});
  EXPECT_EQ(got["dhcp.lease_time"], Values{"86400"});
  EXPECT_EQ(got["dhcp.dns_server"], (Values{"08080808", "09090909"}));
  EXPECT_EQ(got["dhcp.hostname"], Values{"printer"});
  EXPECT_EQ(got["dhcp.requested_option"], (Values{"1", "3", "6"}));
  EXPECT_EQ(got["dhcp.client_id_type"], Values{"1"});
  EXPECT_EQ(got["dhcp.client_id"], Values{"010203040506"});
  EXPECT_EQ(got["dhcp.other_option.code"], (Values{"82", "12"}));
  EXPECT_EQ(got["dhcp.other_option.length"], (Values{"5", "5"}));
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Dhcp, OptionsInFileAndServerName) {
  base::ByteWriter file, sname;
  put(file, 12, "from-file"sv);
  file.u8(255);
  put(sname, 15, "example.org"sv);
  sname.u8(255);
  base::ByteWriter out = head(sname.view(), file.view());
  put(out, 52, "\x03"sv);
  out.u8(255);
  Listed got = test::listed(test::udp_of(67, 68, out.view()));
  EXPECT_EQ(got["dhcp.hostname"], Values{"from-file"});
  EXPECT_EQ(got["dhcp.domain_name"], Values{"example.org"});
  EXPECT_TRUE(got["dhcp.file"].empty() && got["dhcp.server_name"].empty());
}

TEST(Dhcp, WithoutOptionsItIsBootp) {
  base::ByteWriter out = head(test::bytes_of("boot.example"), test::bytes_of("/kernel"));
  FrameBytes payload(out.view().begin(), out.view().end() - 4);
  payload.resize(300);
  Listed got = test::listed(test::udp_of(67, 68, payload));
  EXPECT_EQ(got["dhcp.server_name"], Values{"boot.example"});
  EXPECT_EQ(got["dhcp.file"], Values{"/kernel"});
  EXPECT_TRUE(got["dhcp.option"].empty());
}

TEST(Dhcp, WrongLengthsAreFlaws) {
  for (const std::string_view options : {"\x33\x03\x01\x02\x03\xff"sv, "\x0c\x40short"sv, "\x3d\x01\x01\xff"sv}) {
    base::ByteWriter out = head();
    out.text(options);
    FieldList fields;
    const FrameBytes frame = test::udp_of(67, 68, out.view());
    test::decode_into(fields, frame, frame.size());
    EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload)) << options.size();
  }
}

}  // namespace
}  // namespace holter::wire
