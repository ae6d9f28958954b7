// Way is what every kind of probe can be told of how it goes out: the family of addresses, the own address and
// interface, TTL and DSCP. The options of each kind derive from it, and read_options() reads both. Pure.
#pragma once

#include "env/network.h"

namespace holter::probe {

struct Way : env::Egress {
  std::optional<base::IpAddress::Family> family;  // absent: either

  friend bool operator==(const Way&, const Way&) = default;
};

// For datagrams to that address: ICMP errors and kernel stamps are asked for.
env::DatagramOptions datagram_options(const Way& way, const base::IpAddress& to);

}  // namespace holter::probe
