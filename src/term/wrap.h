// Paragraphs laid out in lines of a given width. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holter::term {

// Breaks `text` between words so that no line is longer than `width` columns (a longer word stands alone). Paragraphs
// are separated by an empty line. Every line begins with `indent` spaces and ends with a line break; the first one has
// no indent, for a caller that has already written `indent` columns.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

// Lines as they are, but those longer than `width` columns are broken between words, and go on two columns in. Ends
// with a line break.
std::string folded(std::string_view text, std::size_t width);

}  // namespace holter::term
