// The bytes of a frame for people: 16 a line, where they stand, in hexadecimal digits and as ASCII, indented below the
// line that tells of the frame. Pure; safe for a terminal.
//
//         0x0000  02 00 00 00 00 02 02 00  00 00 00 01 08 00 45 00  ..............E.
#pragma once

#include "base/byte_reader.h"
#include "describe/text_buffer.h"

namespace holter::describe {

// With a line break behind each line.
void append_byte_dump(TextBuffer& out, base::Bytes bytes);

}  // namespace holter::describe
