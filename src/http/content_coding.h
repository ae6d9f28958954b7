// Content codings of HTTP (RFC 9110, 8.4): gzip, deflate and br are undone, with limits, since a few bytes can stand
// for terabytes. A body ends as too_large when what it unpacks to is larger than `max_bytes`, or more than
// kMaxUnpackRatio times its own size once it is past kUnpackFreeBytes. Besides what is kept, memory is bounded by the
// codings' windows: 32 KiB, for br at most 16 MiB. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holter::http {

inline constexpr std::uint64_t kMaxUnpackRatio = 200;
inline constexpr std::uint64_t kUnpackFreeBytes = 64 * 1024;

struct Unpacked {
  std::string text;  // the first bytes of it
  std::uint64_t bytes = 0;
};

// `coding` is the value of Content-Encoding. What it names is undone, a coding that is not known is left as it is. The
// error is too_large, or corrupt: the body is not what `coding` says, breaks off, or is coded more than once.
base::Result<Unpacked> unpack(std::string_view coding, std::string_view body, std::size_t max_bytes, std::size_t keep);

}  // namespace holter::http
