// What an ICMPv6 message says behind its type, code and checksum, by its type: errors and echoes (RFC 4443), neighbour
// discovery (RFC 4861), multicast listeners of both versions (RFC 2710, 3810), node information (RFC 4620). Each
// option, source and record takes a step. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// `message` has at least 8 captured bytes. False when an option's length cannot be right. `out` may be null.
bool read_icmpv6_message(Window message, Steps& steps, FieldList* out);

}  // namespace holter::wire
