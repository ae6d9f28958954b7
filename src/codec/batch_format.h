// The fixed numbers of docs/formats/codec.md, shared by encoder and decoder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace holter::codec {

inline constexpr std::array<std::uint8_t, 4> kBatchMagic{'h', 'b', 'a', 't'};
inline constexpr std::uint8_t kBatchVersion = 1;
inline constexpr std::size_t kHeaderBytes = 56;
inline constexpr std::size_t kRawSizeAt = 48;
inline constexpr std::size_t kChecksumAt = 52;

enum class Packing : std::uint8_t { stored = 0, zstd = 1 };
inline constexpr int kZstdLevel = 1;

// How the bytes of one column are to be read.
enum class ColumnType : std::uint8_t {
  byte = 1,             // one byte a record
  varint = 2,           // unsigned LEB128 a record
  delta = 3,            // zig-zag varint of the difference to the record before (the first: to 0)
  text = 4,             // dictionary or plain
  optional_signed = 5,  // presence bits, then a zig-zag varint for each that is present
  signed_varint = 6,    // zig-zag varint a record
};

inline constexpr std::uint64_t kSequenceColumn = 0;
inline constexpr std::size_t kMaxColumns = 256;
inline constexpr std::size_t kMaxDictionary = 255;

}  // namespace holter::codec
