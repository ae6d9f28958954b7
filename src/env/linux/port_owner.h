// Who has a port that holter wanted, for the message that says so: read from /proc/net and, where this user may look,
// from the descriptors in /proc. A guess for people, made once at a failed start; blocks for the reading.
#pragma once

#include <string>
#include <string_view>

#include "base/ip.h"

namespace holter::env_linux {

enum class PortKind : unsigned char { tcp, udp };

inline constexpr std::size_t kMaxSocketLines = 65'536;  // of one table of /proc/net that are read
inline constexpr std::size_t kMaxProcesses = 32'768;    // whose descriptors are looked at

// "process 812 (nginx)", "a process of uid 33"; empty when it cannot be known.
std::string port_owner(PortKind kind, const base::Endpoint& local);

// "TCP 127.0.0.1:4280 is taken by process 812 (nginx)", ErrorKind::busy.
base::Error port_taken(PortKind kind, const base::Endpoint& local);

// The socket in one line of /proc/net/tcp or udp; uid and inode are 0 unless it is bound to `port` (and, for TCP,
// listens there).
struct BoundSocket {
  std::uint32_t uid = 0;
  std::uint64_t inode = 0;
};
BoundSocket bound_socket(std::string_view line, PortKind kind, std::uint16_t port);

}  // namespace holter::env_linux
