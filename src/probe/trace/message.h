// What a trace sends and how its answers are known again, as bytes. Everything by which routers choose a way stays the
// same within a flow (Paris traceroute, Augustin et al. 2006):
//
//   UDP   ports; the number of the question stands in the payload, of which routers quote 8 bytes or more
//   ICMP  type, code, identifier and checksum; the number is the sequence, and the payload keeps the checksum
//   TCP   ports; the number is the sequence number, the first of the 8 bytes that every router quotes
//
// Quotes may carry an ICMP extension (RFC 4884) with the MPLS labels that the packet came with (RFC 4950).
// Pure; what is parsed is hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/ip.h"

namespace holter::probe {

// Of a UDP or ICMP probe: the number, and what only who has the secret can write.
inline constexpr std::size_t kTracePayloadBytes = 16;

std::vector<std::uint8_t> trace_payload(std::uint32_t number, std::uint64_t secret, std::size_t size);
// The number in a quoted payload; empty when it is another's. Of a quote that stops behind the number it is believed.
std::optional<std::uint32_t> trace_number(base::Bytes payload, std::uint64_t secret);

// An echo request of at least kTracePayloadBytes of payload. Requests of one `flow` have one checksum, whatever their
// sequence, once the kernel has written the identifier and the checksum of its ping socket.
std::vector<std::uint8_t> trace_echo(base::IpAddress::Family family, std::uint16_t sequence, std::uint16_t flow,
                                     std::uint32_t number, std::uint64_t secret, std::size_t payload_size);

// The sequence number of a TCP question, which only who has the secret can tell from the number.
std::uint32_t trace_sequence(std::uint32_t number, std::uint64_t secret);
// The segment that asks to connect (SYN), without data. `from` has its address, for the checksum.
std::vector<std::uint8_t> trace_syn(const base::Endpoint& from, const base::Endpoint& to, std::uint32_t sequence);

// A segment that came back, or the start of one as a router quotes it: then without what stands behind the sequence.
struct TraceSegment {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::optional<std::uint32_t> acknowledges = {};
  bool resets = false;
};
std::optional<TraceSegment> trace_segment(base::Bytes bytes);

// The labels, outermost first, of an ICMP extension in a quote; `header_bytes` of the quoted packet stand before
// `quote`. Routers pad the packet to 128 bytes before the extension (RFC 4884, section 5).
std::vector<std::uint32_t> mpls_labels(base::Bytes quote, std::size_t header_bytes);

}  // namespace holter::probe
