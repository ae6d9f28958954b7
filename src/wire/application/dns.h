// DNS messages (RFC 1035), and their relatives that differ in ports and in a few bits: mDNS (RFC 6762) and LLMNR
// (RFC 4795). Flags, questions, and records of every section with the data of the usual types; other data as its first
// bytes. Over TCP each message has its length before it.
#pragma once

#include "wire/application/message.h"
#include "wire/application/payload.h"

namespace holter::wire {

inline constexpr std::uint16_t kDnsPort = 53;
inline constexpr std::uint16_t kMdnsPort = 5353;
inline constexpr std::uint16_t kLlmnrPort = 5355;

// One message; `kind` is dns, mdns or llmnr.
void list_dns(Payload payload, Protocol kind);
// Messages of one direction of a TCP stream.
Taken take_dns(Payload payload, StreamMemory& memory);

}  // namespace holter::wire
