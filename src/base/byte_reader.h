// ByteReader walks bytes that nobody trusts. It keeps two lengths apart: what was captured (how many bytes are really
// there) and what was claimed (how many the sender says there are, by a length field or the frame's original length).
// A frame may stop at any byte, so truncation is an ordinary outcome, not an error of the peer.
//
// Reads past the captured end return zero, move nothing and set failed(): check once after a group of reads. No read
// can leave the buffer. Not owning; the bytes must outlive the reader. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace holter::base {

using Bytes = std::span<const std::uint8_t>;

class ByteReader {
 public:
  constexpr explicit ByteReader(Bytes captured) : ByteReader(captured, captured.size()) {}
  // `claimed` may be larger than captured.size(): the frame was cut. A smaller claim hides the bytes behind it.
  constexpr ByteReader(Bytes captured, std::size_t claimed)
      : bytes_(captured.first(claimed < captured.size() ? claimed : captured.size())), claimed_(claimed) {}

  constexpr std::size_t position() const { return position_; }
  constexpr std::size_t captured_left() const { return bytes_.size() - position_; }
  constexpr std::size_t claimed_left() const { return claimed_ - position_; }
  constexpr bool truncated() const { return claimed_ > bytes_.size(); }
  constexpr bool failed() const { return failed_; }

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
  constexpr std::uint32_t u24() { return static_cast<std::uint32_t>(big_endian(3)); }
  constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  constexpr std::uint64_t u64() { return big_endian(8); }
  constexpr std::uint16_t u16_le() { return static_cast<std::uint16_t>(little_endian(2)); }
  constexpr std::uint32_t u32_le() { return static_cast<std::uint32_t>(little_endian(4)); }
  constexpr std::uint64_t u64_le() { return little_endian(8); }

  // Unsigned LEB128 of at most ten bytes (docs/formats/codec.md).
  constexpr std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      const std::uint8_t byte = u8();
      if (failed_) return 0;
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    failed_ = true;
    return 0;
  }

  // The next n captured bytes; empty and failed() when there are fewer.
  constexpr Bytes bytes(std::size_t n) {
    if (n > captured_left()) {
      failed_ = true;
      return {};
    }
    const Bytes part = bytes_.subspan(position_, n);
    position_ += n;
    return part;
  }
  constexpr Bytes rest() const { return bytes_.subspan(position_); }
  constexpr void skip(std::size_t n) { bytes(n); }

 private:
  constexpr std::uint64_t big_endian(std::size_t n) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(n)) value = value << 8 | byte;
    return value;
  }
  constexpr std::uint64_t little_endian(std::size_t n) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const std::uint8_t byte : bytes(n)) {
      value |= static_cast<std::uint64_t>(byte) << shift;
      shift += 8;
    }
    return value;
  }

  Bytes bytes_;
  std::size_t claimed_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace holter::base
