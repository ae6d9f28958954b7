// The options of an IPv4 header as fields: routes recorded and given, timestamps, router alert, security and the rarer
// ones of RFC 791 and after; any other by kind and bytes. At most 40 bytes of them. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/window.h"

namespace holter::wire {

void list_ipv4_options(Bytes options, FieldList& out);

// Where a source route leads that is not yet at its end: the address that sums of transports cover instead of the
// header's (RFC 1122, 3.2.1.8). Empty without one.
Bytes last_hop_of_source_route(Bytes options);

}  // namespace holter::wire
