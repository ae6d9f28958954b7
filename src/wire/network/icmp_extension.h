// What may stand behind the quote of an ICMP error (RFC 4884): a version, a checksum and objects, of which MPLS label
// stacks (RFC 4950) and interfaces (RFC 5837) are read. Both ICMPs have them, and list them by the same fields but for
// their layer. Each object and label takes a step. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/network/icmp_extension_fields.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// Of `behind_header`, the bytes behind an error's 8, of which `quoted` are said to be the quote (0: not said). When
// that is not said, extensions of routers older than the RFC are looked for where they put them, and believed by their
// checksum alone.
void list_icmp_extension(Window behind_header, std::size_t quoted, const IcmpExtensionFields& fields, Steps& steps,
                         FieldList& out);

}  // namespace holter::wire
