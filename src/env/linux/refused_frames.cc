#include "env/linux/refused_frames.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>

#include "env/linux/os_error.h"
#include "env/linux/packet_socket.h"

namespace holter::env_linux {

base::Result<RefusedFrames> RefusedFrames::open(UniqueFd socket, int index, const std::string& interface,
                                                const env::KernelProgram& filter) {
  RefusedFrames frames(std::move(socket));
  const int least = 1;  // the kernel takes its own least size
  if (::setsockopt(frames.socket_.get(), SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)) != 0) {
    return os_error("cannot make a buffer small", errno);
  }
  if (auto set = frames.set_filter(filter); !set) return set.error();
  if (auto once = ignore_outgoing_on_loopback(frames.socket_.get(), interface); !once) return once.error();
  const auto type = bind_to_interface(frames.socket_.get(), index, interface);
  if (!type) return type.error();
  return frames;
}

base::Result<void> RefusedFrames::set_filter(const env::KernelProgram& filter) {
  return set_inverse_filter(socket_.get(), filter);
}

base::Result<std::uint64_t> RefusedFrames::read() {
  tpacket_stats counters{};
  socklen_t size = sizeof(counters);
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &counters, &size) != 0) {
    return os_error("cannot read how many frames a filter refused", errno);
  }
  return counters.tp_packets;
}

}  // namespace holter::env_linux
