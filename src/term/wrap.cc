#include "term/wrap.h"

#include <algorithm>

#include "term/screen.h"

namespace holter::term {
namespace {

constexpr std::size_t kHanging = 2;  // columns

std::string_view take_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return text = {};
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

void wrap_paragraph(std::string& out, std::string_view text, std::size_t width, std::size_t indent) {
  std::size_t column = indent;
  bool first = true;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    const std::size_t length = columns(word);
    if (!first && column + 1 + length > width) {
      out.append("\n").append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) out += ' ';
    out += word;
    column += length + (first ? 0 : 1);
    first = false;
  }
  out += '\n';
}

// The bytes of `line` that fit, up to the end of a word if there is one.
std::size_t fitting(std::string_view line, std::size_t width) {
  std::size_t used = 0;
  std::size_t at = 0;
  std::size_t word_end = 0;
  for (; at < line.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(line[at]) & 0xc0) != 0x80;
    if (begins && used == width) break;
    if (begins) ++used;
    if (line[at] == ' ' && at > 0 && line[at - 1] != ' ') word_end = at;
  }
  if (at == line.size() || line[at] == ' ') return at;
  return word_end > kHanging ? word_end : at;
}

void fold_line(std::string& out, std::string_view line, std::size_t width) {
  std::string rest(line);
  while (columns(rest) > width) {
    const std::size_t end = fitting(rest, width);
    out.append(rest, 0, end) += '\n';
    rest.erase(0, std::min(rest.find_first_not_of(' ', end), rest.size()));
    if (rest.empty()) return;
    rest.insert(0, kHanging, ' ');
  }
  out += rest + '\n';
}

}  // namespace

std::string folded(std::string_view text, std::size_t width) {
  std::string out;
  do {
    const auto end = std::min(text.find('\n'), text.size());
    fold_line(out, text.substr(0, end), std::max(width, 2 * kHanging + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  } while (!text.empty());
  return out;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  for (bool first = true; !text.empty() || first; first = false) {
    const auto end = text.find("\n\n");
    if (!first) out.append("\n").append(indent, ' ');
    wrap_paragraph(out, text.substr(0, end), width, indent);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
  }
  return out;
}

}  // namespace holter::term
