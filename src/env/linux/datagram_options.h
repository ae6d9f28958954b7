// Opens and sets up the descriptor of a datagram socket as DatagramOptions say: the options of socket(7), ip(7) and
// ipv6(7) in one place. Each failure names the option.
#pragma once

#include "env/linux/raw_sockets.h"
#include "env/linux/unique_fd.h"
#include "env/network.h"

namespace holter::env_linux {

inline bool is_raw(env::DatagramKind kind) {
  return kind != env::DatagramKind::udp && kind != env::DatagramKind::icmp_echo;
}

base::Result<UniqueFd> open_datagram_fd(const env::DatagramOptions& options, RawSocketSource* raw_sockets);

// Starts the kernel's count of sends at 0 again: after a failed send it may or may not have counted (Linux before 6.9).
void restart_send_numbers(int fd);

}  // namespace holter::env_linux
