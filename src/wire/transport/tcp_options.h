// The options of a TCP header as fields: MSS, window scale, SACK, timestamps, fast open, MPTCP by its subtype, MD5 and
// AO, user timeout, the experimental ones by their number; any other by kind and bytes. An option whose length is not
// what its RFC says is shown by its bytes. At most 40 bytes of them. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/window.h"

namespace holter::wire {

void list_tcp_options(Bytes options, FieldList& out);

}  // namespace holter::wire
