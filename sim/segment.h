// The TCP segments that simulated kernels send outside of connections, as bytes: what answers a SYN that a raw socket
// sent (RFC 9293, section 3.10.7). Connections of programs go without segments (Stream).
#pragma once

#include <optional>

#include "sim/packet.h"

namespace holter::sim {

inline constexpr std::size_t kSegmentBytes = 20;  // without options

// A segment as it is, with its ports; empty when it is shorter than a header.
std::optional<Packet> tcp_packet(const base::IpAddress& from, const base::IpAddress& to, base::Bytes segment);
bool is_syn(const Packet& packet);
// SYN-ACK of a port where somebody listens, a reset elsewhere. `syn` is one.
Packet answer_to_syn(const Packet& syn, bool listens);

}  // namespace holter::sim
