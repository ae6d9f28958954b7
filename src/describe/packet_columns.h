// One packet as a row of chosen fields, as --fields asks: columns apart by a tab, the values of a field that occurs
// several times by a comma, a column without a value empty. A layer's own name is true when the packet has it. Pure;
// safe for a terminal.
#pragma once

#include <span>

#include "describe/frame_facts.h"
#include "describe/text_buffer.h"
#include "wire/field_registry.h"

namespace holter::describe {

// Without a line break.
void append_columns(TextBuffer& out, const SeenFrame& frame, std::span<const wire::FieldOfLayer> columns);

}  // namespace holter::describe
