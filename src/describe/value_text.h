// How the value of a field is written: plain for a column of --fields, and as a JSON value. Addresses in the form of
// RFC 5952, MACs in lower case with colons, bytes as hexadecimal digits; what a peer wrote is escaped for its sink.
#pragma once

#include "describe/text_buffer.h"
#include "wire/field_list.h"

namespace holter::describe {

// `value.mark` is Mark::value.
void put_json_value(TextBuffer& out, const wire::FieldEntry& value);
// Safe for a terminal, and without tabs and line breaks.
void put_plain_value(TextBuffer& out, const wire::FieldEntry& value);

// A JSON string around text that nobody trusts.
void put_json_text(TextBuffer& out, base::Bytes text);

}  // namespace holter::describe
