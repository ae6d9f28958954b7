// base::Endpoint to and from the kernel's sockaddr. IPv6 zones travel as sin6_scope_id. Pure values; any thread.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "base/ip.h"

namespace holter::env_linux {

struct SocketAddress {
  explicit SocketAddress(const base::Endpoint& endpoint);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

  sockaddr_storage storage{};
  socklen_t length = 0;
};

// Nothing for a family other than IPv4 and IPv6.
std::optional<base::Endpoint> endpoint_of(const sockaddr_storage& address);
base::IpAddress address_of(const in_addr& address);
base::IpAddress address_of(const in6_addr& address, std::uint32_t zone = 0);

// What the kernel says the socket is bound and connected to; 0.0.0.0:0 when it is neither or no IP socket.
base::Endpoint local_endpoint(int fd);
base::Endpoint peer_endpoint(int fd);

inline int family_number(base::IpAddress::Family family) {
  return family == base::IpAddress::Family::v4 ? AF_INET : AF_INET6;
}

}  // namespace holter::env_linux
