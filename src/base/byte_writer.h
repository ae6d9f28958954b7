// ByteWriter appends explicit byte orders to a growing buffer: what ByteReader reads back. Network headers are
// big-endian, holter's own formats little-endian; the name of each call says which. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_reader.h"

namespace holter::base {

class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(value); }
  void u16(std::uint16_t value) { big_endian(value, 2); }
  void u32(std::uint32_t value) { big_endian(value, 4); }
  void u64(std::uint64_t value) { big_endian(value, 8); }
  void u16_le(std::uint16_t value) { little_endian(value, 2); }
  void u32_le(std::uint32_t value) { little_endian(value, 4); }
  void u64_le(std::uint64_t value) { little_endian(value, 8); }

  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      u8(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    u8(static_cast<std::uint8_t>(value));
  }

  void bytes(Bytes part) { bytes_.insert(bytes_.end(), part.begin(), part.end()); }
  void text(std::string_view part) { bytes_.insert(bytes_.end(), part.begin(), part.end()); }
  void zeros(std::size_t n) { bytes_.insert(bytes_.end(), n, 0); }

  // Overwrites four bytes written before (a length or checksum known only at the end).
  void patch_u32_le(std::size_t at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) bytes_.at(at + i) = static_cast<std::uint8_t>(value >> (8 * i));
  }
  void patch_u16(std::size_t at, std::uint16_t value) {
    bytes_.at(at) = static_cast<std::uint8_t>(value >> 8);
    bytes_.at(at + 1) = static_cast<std::uint8_t>(value);
  }

  // Empty again, with the memory it had.
  void clear() { bytes_.clear(); }
  std::size_t size() const { return bytes_.size(); }
  Bytes view() const { return bytes_; }
  std::vector<std::uint8_t> take() { return std::exchange(bytes_, {}); }

 private:
  void big_endian(std::uint64_t value, unsigned n) {
    for (unsigned i = n; i-- > 0;) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void little_endian(std::uint64_t value, unsigned n) {
    for (unsigned i = 0; i < n; ++i) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace holter::base
