// What is set on one packet socket before frames flow: which interface, how much of each frame, which direction. The
// socket was opened by the broker; none of this needs a capability. Each call names what it could not do. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "env/frames.h"

namespace holter::env_linux {

// ErrorKind::not_found with the names there are.
base::Result<int> interface_index(const std::string& name);

// A filter that keeps what `program` accepts, every frame when it is empty, and cuts it after `bytes`.
base::Result<void> set_filter(int socket, const env::KernelProgram& program, std::uint32_t bytes);
// A filter that keeps nothing.
base::Result<void> refuse_all(int socket);
// A filter that keeps a byte of what `program` refuses: nothing when it is empty.
base::Result<void> set_inverse_filter(int socket, const env::KernelProgram& program);

// The same, and of the frames only those that carry an IPv4 TCP segment from or to `port`; never a later fragment.
base::Result<void> set_tcp_filter(int socket, std::uint16_t port, std::uint32_t bytes);

// The interface's link type (ARPHRD_*).
base::Result<std::uint16_t> hardware_type_of(int socket, const std::string& name);

// On a loopback interface each frame passes twice, going out and coming in again. The outgoing one is kept away from
// the socket before the kernel counts it, so the counters still count exactly what is in the ring.
base::Result<void> ignore_outgoing_on_loopback(int socket, const std::string& name);

// Joins the sockets that share the frames of their interface (PACKET_FANOUT, packet(7)), or begins such a group; it is
// bound already. Returns the group's name, which the kernel chooses so that no other program's is meant.
base::Result<std::uint16_t> join_fanout(int socket, std::optional<std::uint16_t> group);

// From here on `steering` says which member of the socket's group gets a frame.
base::Result<void> set_steering(int socket, const env::KernelProgram& steering);

// From here on frames arrive. Returns the link type (ARPHRD_*). ErrorKind::closed when the interface is down.
base::Result<std::uint16_t> bind_to_interface(int socket, int index, const std::string& name);

// For as long as the socket is open.
base::Result<void> join_promiscuous(int socket, int index, const std::string& name);

}  // namespace holter::env_linux
