#include "config/value.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 64
// toml++ 3.3 asserts that a key begins with a letter of a key, and says it in words just below: "[%]" is an error.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>

#include "base/untrusted_text.h"
#include "config/unfit.h"

namespace holter::config {
namespace {

Place place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

// The tree of a node. False when it is too deep.
bool convert(const toml::node& node, Value& into, unsigned depth) {
  if (depth > kMaxDepth) return false;
  into.place = place_of(node.source());
  if (const auto* table = node.as_table()) {
    into.kind = Value::Kind::table;
    for (const auto& [key, value] : *table) {
      Value& member = into.members.emplace_back();
      member.key = key.str();
      member.key_place = place_of(key.source());
      if (!convert(value, member, depth + 1)) return false;
    }
    // toml++ sorts by key; people read from above.
    std::ranges::stable_sort(into.members, {},
                             [](const Value& m) { return std::pair(m.key_place.line, m.key_place.column); });
  } else if (const auto* array = node.as_array()) {
    into.kind = Value::Kind::array;
    for (const auto& item : *array) {
      into.items.emplace_back();
      if (!convert(item, into.items.back(), depth + 1)) return false;
    }
  } else if (const auto* text = node.as_string()) {
    into.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    into.kind = Value::Kind::integer;
    into.integer = integer->get();
  } else if (const auto* boolean = node.as_boolean()) {
    into.kind = Value::Kind::boolean;
    into.boolean = boolean->get();
  } else {
    into.kind = node.is_floating_point() ? Value::Kind::decimal : Value::Kind::time;
  }
  return true;
}

}  // namespace

std::string_view to_string(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::text: return "a text";
    case Value::Kind::integer: return "a whole number";
    case Value::Kind::decimal: return "a decimal number";
    case Value::Kind::boolean: return "true or false";
    case Value::Kind::array: return "a list";
    case Value::Kind::table: return "a table";
    case Value::Kind::time: return "a date or time";
  }
  return "";
}

std::string to_string(const Mistake& mistake) {
  std::string text = base::UntrustedText(mistake.file).for_terminal();
  if (mistake.place.line > 0) {
    text += ':' + std::to_string(mistake.place.line) + ':' + std::to_string(mistake.place.column);
  }
  return text + ": " + mistake.text;
}

std::variant<Value, Mistake> parse(std::string_view text, const std::string& file) {
  if (text.size() > kMaxFileBytes) return Mistake{file, {}, "is larger than 1 MiB"};
  if (auto mistake = unfit(text)) {
    mistake->file = file;
    return std::move(*mistake);
  }
  const auto parsed = toml::parse(text, std::string_view(file));
  if (!parsed) {
    const auto& error = parsed.error();
    return Mistake{file, place_of(error.source()), base::UntrustedText(error.description()).for_terminal()};
  }
  Value root;
  if (!convert(parsed.table(), root, 0)) return Mistake{file, {}, "tables and lists are too deep in each other"};
  return root;
}

}  // namespace holter::config
