// Which messages of ICMP (RFC 792, 950, 1256) and ICMPv6 (RFC 4443, 2710, 4861, 4620, 6275) answer each other: a
// question and its answer are the two directions of one conversation, as Zeek and Community ID have it. All others go
// one way.
#pragma once

#include <cstdint>
#include <optional>

namespace holter::record {

inline constexpr std::uint8_t kIcmpProtocol = 1;
inline constexpr std::uint8_t kIcmpv6Protocol = 58;

struct IcmpPair {
  std::uint8_t counterpart = 0;
  bool asks = false;  // the message is the question
};

// Nothing for a message that goes one way, and for other IP protocols.
std::optional<IcmpPair> icmp_pair(std::uint8_t ip_protocol, std::uint8_t type);

}  // namespace holter::record
