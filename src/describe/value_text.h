// How the value of a field is written: plain for a column of --fields, and as a JSON value. Addresses in the form of
// RFC 5952, MACs in lower case with colons, bytes as hexadecimal digits; what a peer wrote is escaped for its sink.
#pragma once

#include "describe/digits.h"
#include "describe/text_buffer.h"
#include "wire/field_list.h"

namespace holter::describe {

// Of what is no text and no bytes: digits, an address, a word; with what is written over its end.
inline constexpr std::size_t kMostShortValue = 64;

char* put_long_json_value(TextBuffer& out, char* at, const wire::FieldEntry& value);
// `value.mark` is Mark::value. From `at` on there is room for kMostShortValue; for what is longer it is made in `out`.
inline char* put_json_value(TextBuffer& out, char* at, const wire::FieldEntry& value) {
  // Two of three are flags or small numbers: one path for both leaves a processor little to guess.
  const bool is_flag = value.field->type == wire::FieldType::flag;
  const bool is_small = value.field->type == wire::FieldType::number && value.number < 256;
  if (!(is_flag | is_small)) return put_long_json_value(out, at, value);
  return put_short(at, is_flag ? (value.number != 0 ? 1 : 0) : kFirstByte + value.number);
}
// Safe for a terminal, and without tabs and line breaks.
void put_plain_value(TextBuffer& out, const wire::FieldEntry& value);

// A JSON string around text that nobody trusts. Makes the room that it takes.
char* put_json_text(TextBuffer& out, char* at, base::Bytes text);

}  // namespace holter::describe
