#include "imports/words.h"

#include <algorithm>

#include "base/units.h"
#include "base/untrusted_text.h"

namespace holter::imports {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string one_of(std::string_view fact, const std::vector<std::string>& values) {
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "" : ", ") + value;
  if (values.size() == 1) return std::string(fact) + " == " + list;
  return std::string(fact) + " in {" + list + '}';
}

std::optional<base::Duration> go_duration(std::string_view text) {
  base::Duration sum;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto unit = std::min(text.find_first_of("0123456789.", digits), text.size());
    const auto part = base::parse_duration(text.substr(0, unit));
    if (!part || digits == 0) return std::nullopt;
    sum = sum + *part;
    text.remove_prefix(unit);
  }
  return sum;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kShownBytes = 64;
  return '\'' + base::UntrustedText(text, kShownBytes).for_terminal() + '\'';
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return lower;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace holter::imports
