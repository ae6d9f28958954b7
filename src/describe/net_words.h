// What the protocols of network and transport say, in a few words: "query for 224.0.0.251", "INIT", "mtu 1400". Pure.
// Words of the program, numbers and addresses only.
#pragma once

#include <string>

#include "wire/field_list.h"

namespace holter::describe {

// Of IGMP, SCTP, ESP and mobility; empty when the packet is of none of them.
std::string net_words(const wire::Packet& packet, const wire::FieldList& fields);

// What an ICMP or ICMPv6 message adds to its type and code, with the comma before it; empty when nothing.
std::string icmp_addition(const wire::FieldList& fields);

}  // namespace holter::describe
