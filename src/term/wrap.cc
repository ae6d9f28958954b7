#include "term/wrap.h"

#include "term/screen.h"

namespace holter::term {
namespace {

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

}  // namespace

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
