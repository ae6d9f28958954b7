// JsonWriter builds one JSON text, value by value, without a document in memory. It exists beside the JSON libraries
// because strings reach it as UntrustedText or as the program's own literals, and nothing else: an unescaped string
// cannot be written. Commas and quotes are its business; nesting is checked by HOLTER_ASSERT. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/time.h"
#include "base/untrusted_text.h"

namespace holter::base {

class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  // `name` is a word of the program: letters, digits and '_'.
  JsonWriter& key(std::string_view name);

  JsonWriter& null();
  JsonWriter& boolean(bool value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& count(std::uint64_t value);
  // Nine significant digits; null when not finite.
  JsonWriter& number(double value);
  JsonWriter& text(const UntrustedText& value);
  JsonWriter& text(std::string_view value) { return text(UntrustedText(value)); }
  // A value that is JSON already.
  JsonWriter& made(std::string_view json);

  // A member of the open object, by the type of its value. An empty optional is null.
  template <class Value>
  JsonWriter& member(std::string_view name, const Value& value) {
    key(name);
    return put(value);
  }

  std::string take();

 private:
  template <class Value>
  JsonWriter& put(const Value& value) {
    if constexpr (std::is_same_v<Value, bool>) {
      return boolean(value);
    } else if constexpr (std::is_floating_point_v<Value>) {
      return number(value);
    } else if constexpr (std::is_integral_v<Value> && std::is_signed_v<Value>) {
      return integer(value);
    } else if constexpr (std::is_integral_v<Value>) {
      return count(value);
    } else if constexpr (std::is_same_v<Value, WallTime>) {
      return text(to_string(value));
    } else {
      return text(value);
    }
  }
  template <class Value>
  JsonWriter& put(const std::optional<Value>& value) {
    return value ? put(*value) : null();
  }
  void separate();

  std::string out_;
  std::vector<char> open_;  // '{' or '[' of each level
  bool needs_comma_ = false;
};

// Milliseconds and seconds as JSON numbers.
inline double milliseconds(Duration d) { return static_cast<double>(d.in_nanoseconds()) / 1e6; }
inline std::optional<double> milliseconds(const std::optional<Duration>& d) {
  return d ? std::optional(milliseconds(*d)) : std::nullopt;
}

}  // namespace holter::base
