// A TOML document as a plain tree with the place of everything in it, so that every mistake can be named by line and
// column. Parsing is toml++'s; no other file sees it. Pure; the text is hostile.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holter::config {

inline constexpr std::size_t kMaxFileBytes = 1 << 20;
inline constexpr unsigned kMaxDepth = 16;  // of tables and arrays in each other

struct Place {
  std::uint32_t line = 0;  // both from 1; 0: of no line
  std::uint32_t column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Value {
  enum class Kind : std::uint8_t { text, integer, decimal, boolean, array, table, time };

  Kind kind = Kind::text;
  Place place = {};
  std::string text = {};  // text
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<Value> items = {};    // array
  std::vector<Value> members = {};  // table, in the order of the file
  std::string key = {};             // of a member
  Place key_place = {};
};

// "a text", "a whole number", ... as they are called in messages.
std::string_view to_string(Value::Kind kind);

struct Mistake {
  std::string file = {};
  Place place = {};
  std::string text = {};
};

// "holter.toml:12:9: unknown key 'intervall' in [[probe]]; did you mean 'interval'?" Safe for a terminal.
std::string to_string(const Mistake& mistake);

// The table that the text is, or why it is none.
std::variant<Value, Mistake> parse(std::string_view text, const std::string& file);

}  // namespace holter::config
