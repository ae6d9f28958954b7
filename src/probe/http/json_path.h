// A small part of JSONPath (RFC 9535), to look up what an answer in JSON says: `$.status`, `$['odd name']`,
// `$.items[0].id`, `$.items[-1]`, `$.items[*].state`. `$` is the whole document; a name, an index (from the end when
// negative) and `*` step into it. Filters, slices and `..` are not there. Documents come from a peer: at most
// kMaxJsonDepth levels, and their size is bounded by who read them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holter::probe {

inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxJsonSteps = 32;   // of a path
inline constexpr std::size_t kMaxJsonValues = 16;  // that are found; more are left out

struct JsonStep {
  std::optional<std::string> name;    // of a member
  std::optional<std::int64_t> index;  // of an element; neither: all
};
using JsonPath = std::vector<JsonStep>;

// A number or a word as it is written, a text without its quotes, an array or object as JSON.
struct JsonValue {
  std::string text;
  std::optional<std::int64_t> number;  // without its fraction
};

// The error's message is the end of a sentence: "begins with $, ...".
base::Result<JsonPath> parse_json_path(std::string_view text);

// What the paths lead to, in their order. ErrorKind::corrupt when `document` is no JSON, too_large when it is nested
// too deeply.
base::Result<std::vector<JsonValue>> look_up(std::span<const JsonPath> paths, std::string_view document);

}  // namespace holter::probe
