// Window is what a layer sees of a frame: the bytes that were captured and the length that the layers around it claim.
// A checked view parses from it and answers with one of two faults: `truncated` (the capture stopped, nobody lied) or
// `malformed` (the sender's own lengths cannot be right). No heap, no text: these happen per packet.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"

namespace holter::wire {

using base::Bytes;

enum class ParseFault : std::uint8_t { truncated, malformed };

template <class T>
using Parsed = boost::system::result<T, ParseFault>;

// Called by Boost when a failed Parsed is asked for its value: a defect of holter.
[[noreturn]] void throw_exception_from_error(const ParseFault& fault, const boost::source_location& where);

struct Window {
  Bytes captured;
  std::size_t claimed = 0;  // never below captured.size()

  constexpr Window() = default;
  constexpr Window(Bytes bytes) : captured(bytes), claimed(bytes.size()) {}  // NOLINT: a whole buffer is a window
  constexpr Window(Bytes bytes, std::size_t claim)
      : captured(bytes.first(claim < bytes.size() ? claim : bytes.size())), claimed(claim) {}

  // Why a header of n bytes does not fit here.
  constexpr ParseFault fault_of(std::size_t n) const {
    return n > claimed ? ParseFault::malformed : ParseFault::truncated;
  }
};

inline std::uint16_t load_u16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
inline std::uint32_t load_u32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(load_u16(bytes, at)) << 16 | load_u16(bytes, at + 2);
}

}  // namespace holter::wire
