// What the protocols of the link say, in a few words: "root 32768/00:1c:0e:87:78:00 cost 4". Pure. The text is safe for
// a terminal.
#pragma once

#include <string>

#include "wire/field_list.h"

namespace holter::describe {

// In at most 6 columns: "STP", "LLDP", "NBF"; empty when the packet is of no such protocol.
std::string_view link_protocol_name(const wire::Packet& packet);

// Empty when there is nothing to say, so that the length has to do.
std::string link_words(const wire::Packet& packet, const wire::FieldList& fields);

// "vxlan 5000 " before the words of a packet that was in a tunnel; empty without.
std::string tunnel_words(const wire::Packet& packet);

}  // namespace holter::describe
