// What a value on the command line is, and the words for one that is none. The parser refuses wrong values before any
// command runs, so that Arguments' accessors cannot fail; completions offer what fits. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace holter::cli {

enum class Kind : std::uint8_t {
  text,
  name,      // 1 to 255 bytes
  count,     // a whole number from 0
  duration,  // "500ms", "1s", "5m", "2h", "7d"
  size,      // "512MiB"
  endpoint,  // an address with a port: "127.0.0.1:4280", "[::1]:4280"
  host,      // a name or an address, with a port or without
  choice,    // one of Option::choices
  file,
  directory,
  interface,  // of a network
};

// Why `text` is no value of this kind, as the end of a sentence: "is not a duration; write it as 500ms, 1s or 5m".
// Empty: it is one.
std::optional<std::string> mistake(Kind kind, std::string_view text, std::span<const std::string> choices);

}  // namespace holter::cli
