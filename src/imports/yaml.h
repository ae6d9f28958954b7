// A YAML document as a plain tree with the line of everything in it. Parsing is yaml-cpp's; no other file sees it. A
// document that names a part of itself again and again (anchors) is counted as often as it is written out. Pure; the
// text is hostile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holter::imports {

inline constexpr unsigned kMaxYamlDepth = 24;
inline constexpr std::size_t kMaxYamlNodes = 100'000;

struct Yaml {
  enum class Kind : std::uint8_t { nothing, text, list, table };

  Kind kind = Kind::nothing;
  std::uint32_t line = 0;  // from 1
  std::string key = {};    // of a member
  std::string text = {};   // text: numbers and truths too, as they are written
  std::vector<Yaml> items = {};
  std::vector<Yaml> members = {};  // table, in the order of the file

  // Of a table; null where it has none of this name.
  const Yaml* find(std::string_view name) const;
  // Of a member that is a text; else the fallback.
  std::string text_of(std::string_view name, std::string fallback = "") const;
  bool is_true() const { return kind == Kind::text && (text == "true" || text == "yes" || text == "on"); }
  // The texts of a list, or the one that stands there alone.
  std::vector<std::string> texts() const;
};

// The first document. ErrorKind::invalid: a sentence that begins with the line.
base::Result<Yaml> parse_yaml(std::string_view text);

}  // namespace holter::imports
