// What a WitnessAsker sends and takes for an answer: an ICMP echo (RFC 792, RFC 4443) with a secret and the moment it
// was sent. Replies come without their IP header, as both kinds of sockets of env::Network give them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/ip.h"
#include "base/time.h"

namespace holter::heartbeat {

struct WitnessEcho {
  base::IpAddress::Family family = base::IpAddress::Family::v4;
  std::uint64_t secret = 0;  // which request of whose
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;

  // Without a checksum for IPv6: the kernel knows the source and fills it in.
  std::vector<std::uint8_t> request(base::Instant now) const;
};

// The round trip of a reply to a request with that secret; nothing for anything else.
std::optional<base::Duration> witness_rtt(base::IpAddress::Family family, std::uint64_t secret, base::Bytes reply,
                                          base::Instant received);

}  // namespace holter::heartbeat
