#include "env/linux/source_address.h"

#include <cerrno>

#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

base::Result<base::IpAddress> source_for(const base::IpAddress& destination) {
  constexpr std::uint16_t kAnyPort = 9;  // connecting a UDP socket looks the route up and sends nothing
  const UniqueFd fd(::socket(family_number(destination.family()), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const SocketAddress peer({destination, kAnyPort});
  if (!fd || ::connect(fd.get(), peer.get(), peer.length) != 0) {
    const int code = errno;
    return os_error("no address to reach " + base::to_string(destination) + " from", code);
  }
  return local_endpoint(fd.get()).address;
}

}  // namespace holter::env_linux
