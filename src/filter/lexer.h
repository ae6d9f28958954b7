// The words and signs of an expression. A word is a field's name or a value without quotes: letters, digits and
// "_.:/%-"; ".." is a sign of its own. A text in quotes ("..." or '...') keeps every byte; only \" \' and \\ mean
// something else than themselves. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filter/mistake.h"

namespace holter::filter {

enum class Sign : std::uint8_t {
  end,
  word,
  text,
  open,
  close,
  list_open,
  list_close,
  comma,
  range,
  equal,
  unequal,
  below,
  at_most,
  above,
  at_least,
  matches,
  logical_and,
  logical_or,
  logical_not,
  in,
  contains,
};

struct Token {
  Sign sign = Sign::end;
  Span span;
  std::string text;  // of a word or text, as it means
};

// The last token is Sign::end.
Compiled<std::vector<Token>> tokens_of(std::string_view expression);

// Read as one word and as nothing else, so that a value needs no quotes.
bool is_bare_word(std::string_view text);

Mistake too_long(std::string_view expression);

}  // namespace holter::filter
