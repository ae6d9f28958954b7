#include "config/unfit.h"

#include <algorithm>

namespace holter::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kLineEnds = "\n\v\f\r";

bool ends_line(char c) { return kLineEnds.find(c) != std::string_view::npos; }

// The length of the string that begins with the quote at the front of `text`, with its quotes. A string of one line
// ends with its line, closed or not.
std::size_t string_length(std::string_view text) {
  const char quote = text.front();
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool long_string = text.starts_with(triple);
  std::size_t at = long_string ? 3 : 1;
  while (at < text.size()) {
    if (quote == '"' && text[at] == '\\') {
      at += 2;
    } else if (long_string && text.substr(at).starts_with(triple)) {
      at += 3;
      // Two quotes may stand before the three that close.
      for (int more = 0; more < 2 && at < text.size() && text[at] == quote; ++more) ++at;
      return at;
    } else if (!long_string && (text[at] == quote || ends_line(text[at]))) {
      return text[at] == quote ? at + 1 : at;
    } else {
      ++at;
    }
  }
  return text.size();
}

Place place_at(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line_end = before.rfind('\n');
  const std::size_t start = line_end == std::string_view::npos ? 0 : line_end + 1;
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(before, '\n'));
  return {lines + 1, static_cast<std::uint32_t>(at - start) + 1};
}

}  // namespace

std::optional<Mistake> unfit(std::string_view text) {
  unsigned dots = 0;
  for (std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find_first_of(kLineEnds, at), text.size());
    } else if (c == '"' || c == '\'') {
      at += string_length(text.substr(at));
    } else {
      if (ends_line(c) || std::string_view("=,[]{}").find(c) != std::string_view::npos) dots = 0;
      if (c == '.' && ++dots >= kMaxDepth) return Mistake{{}, place_at(text, at), "the name has more than 16 parts"};
      if (static_cast<unsigned char>(c) >= 0x80) {
        return Mistake{{}, place_at(text, at), "a letter beyond ASCII stands outside of quotes"};
      }
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace holter::config
