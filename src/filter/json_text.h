// JSON (RFC 8259) as a tree in which everything knows where it stands, for messages that point. More is taken than the
// standard has where people write filters by hand: a comma before the closing bracket. Limits are those of the filter
// language: its length and its depth. Value type; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filter/mistake.h"

namespace holter::filter {

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { object, list, text, number, truth, null };

  Kind kind = Kind::null;
  Span span;
  std::string text;                 // of a text as it means, in UTF-8; of a number and a truth as it is written
  std::vector<JsonValue> items;     // of a list
  std::vector<JsonMember> members;  // of an object, as they stand; a name may stand twice
};

struct JsonMember {
  std::string name;
  Span name_span;
  JsonValue value;
};

// All values of the text one behind the other, with or without commas between them; at least one.
Compiled<std::vector<JsonValue>> json_values_of(std::string_view text);

}  // namespace holter::filter
