// The words for what is in a packet: names of protocols, types and flags, and what is wrong with it. Words of the
// program, never bytes of the packet. Pure.
#pragma once

#include <string>
#include <string_view>

#include "wire/packet.h"

namespace holter::describe {

// What the packet is, in at most 6 columns: "TCP", "ICMPv6", "LLDP", "OSPF", "ip-253", "0x88b5".
std::string protocol_name(const wire::Packet& packet);

// "SYN ACK"; "no flags".
std::string tcp_flag_words(std::uint8_t flags);

// "echo request", "destination unreachable: port unreachable"; with numbers when it has no name.
std::string icmp_words(const wire::Packet& packet);

// "who has", "is at" are for the two that are usual; others by number.
std::string_view arp_operation_name(std::uint16_t operation);  // "request"; empty when it has no name

std::string_view words_of(wire::Anomaly anomaly);  // "bad TCP or UDP checksum"
std::string_view to_string(wire::DecodeEnd end);   // "unknown_ether_type"

// "02:00:00:00:00:01"
std::string to_string(const wire::MacAddress& mac);

}  // namespace holter::describe
