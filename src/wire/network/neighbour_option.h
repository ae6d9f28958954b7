// The options of neighbour discovery (RFC 4861, 4.6): type, length in units of 8 bytes, value. Link-layer addresses,
// prefixes, MTU, redirected headers, DNS servers and names (RFC 8106), routes (RFC 4191), nonces (RFC 3971), captive
// portals (RFC 8910), NAT64 prefixes (RFC 8781); any other by its bytes. Read in one pass that also lists them when
// somebody wants that. Each option takes a step. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// False when one has length 0 or runs out of the message; a cut is no lie. `out` may be null.
bool read_neighbour_options(Window options, Steps& steps, FieldList* out);

}  // namespace holter::wire
