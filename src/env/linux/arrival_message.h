// Turns what recvmsg() gave (a datagram or an entry of the error queue, with its control messages) into an Arrival:
// kernel stamps (SCM_TIMESTAMPING), TTL or hop limit, interface (IP_PKTINFO), transmit stamps with their number and
// ICMP errors with their offender (sock_extended_err, ip(7)). Pure; the message was filled by the kernel, its data by
// a peer.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "base/byte_reader.h"
#include "env/network.h"

namespace holter::env_linux {

// `data` are the bytes received. `raw_ipv4`: they begin with an IPv4 header, which is left out.
env::Arrival datagram_arrival(const msghdr& message, base::Bytes data, bool raw_ipv4);

// An entry of the error queue. For a transmit stamp `send_number` is the kernel's own count.
env::Arrival error_queue_arrival(const msghdr& message, base::Bytes data);

}  // namespace holter::env_linux
