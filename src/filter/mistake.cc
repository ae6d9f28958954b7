#include "filter/mistake.h"

#include <algorithm>

#include "base/assert.h"
#include "base/untrusted_text.h"

namespace holter::filter {
namespace {

constexpr std::size_t kQuotedBytes = 64;
constexpr std::size_t kShownBefore = 60;  // bytes of the expression before the span
constexpr std::size_t kShownBytes = 110;
constexpr std::string_view kIndent = "\n  ";
constexpr std::string_view kMore = "...";

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

// As a terminal may show it, on one line. Backslashes stay single: this is the user's own text, not a field of a log.
std::string shown(std::string_view piece) {
  std::string out;
  while (!piece.empty()) {
    const std::size_t special = std::min(piece.find_first_of("\\\t\r\n"), piece.size());
    out += base::UntrustedText(piece.substr(0, special)).for_terminal();
    if (special == piece.size()) break;
    out += piece[special] == '\\' ? '\\' : ' ';
    piece.remove_prefix(special + 1);
  }
  return out;
}

std::size_t columns(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_a_character));
}

// The nearest position at or before `at` at which no character is cut.
std::size_t whole(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && continues_a_character(text[at])) --at;
  return at;
}

}  // namespace

std::string in_quotes(std::string_view piece) {
  if (piece.size() <= kQuotedBytes) return '\'' + shown(piece) + '\'';
  return '\'' + shown(piece.substr(0, whole(piece, kQuotedBytes))) + std::string(kMore) + '\'';
}

std::string explain_mistake(std::string_view expression, const Mistake& mistake) {
  const std::size_t begin = std::min(mistake.span.begin, expression.size());
  const std::size_t first = begin <= kShownBefore ? 0 : whole(expression, begin - kShownBefore);
  const std::size_t last = whole(expression, std::min(expression.size(), first + kShownBytes));
  const std::size_t end = std::clamp(mistake.span.end, begin, std::max(begin, last));
  const std::string before = (first == 0 ? "" : std::string(kMore)) + shown(expression.substr(first, begin - first));
  const std::string inside = shown(expression.substr(begin, end - begin));
  const std::string after = shown(expression.substr(end, std::max(last, end) - end));
  std::string out = mistake.message;
  out.append(kIndent).append(before).append(inside).append(after);
  if (last < expression.size()) out += kMore;
  out.append(kIndent).append(std::string(columns(before), ' '));
  return out + std::string(std::max<std::size_t>(columns(inside), 1), '^');
}

void throw_exception_from_error(const Mistake& mistake, const boost::source_location& where) {
  base::assertion_failed(where.file_name(), static_cast<int>(where.line()), mistake.message.c_str());
}

}  // namespace holter::filter
