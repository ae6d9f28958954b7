// The chunks of an SCTP packet (RFC 9260, 3.2): type, flags, length, value, padded to 4 bytes. Data, INIT and its
// acknowledgment, SACK, shutdown, and the causes of aborts are read; others are named. Read in one pass that also lists
// them when somebody wants that. Each chunk, parameter and block takes a step. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// What is behind the common header. False when a chunk's length cannot be right; a cut is no lie. `out` may be null.
bool read_sctp_chunks(Window chunks, Steps& steps, FieldList* out);

}  // namespace holter::wire
