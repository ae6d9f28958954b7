#include "env/linux/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace holter::env_linux {

SocketAddress::SocketAddress(const base::Endpoint& endpoint) {
  const base::Bytes bytes = endpoint.address.bytes();
  if (endpoint.address.is_v4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    std::memcpy(&in.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&storage, &in, length = sizeof in);
  } else {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port);
    in6.sin6_scope_id = endpoint.address.zone();
    std::memcpy(&in6.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&storage, &in6, length = sizeof in6);
  }
}

base::IpAddress address_of(const in_addr& address) { return base::IpAddress::v4(ntohl(address.s_addr)); }

base::IpAddress address_of(const in6_addr& address, std::uint32_t zone) {
  return base::IpAddress::v6(std::to_array(address.s6_addr), zone);
}

std::optional<base::Endpoint> endpoint_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return base::Endpoint{address_of(in.sin_addr), ntohs(in.sin_port)};
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &address, sizeof in6);
    return base::Endpoint{address_of(in6.sin6_addr, in6.sin6_scope_id), ntohs(in6.sin6_port)};
  }
  return std::nullopt;
}

base::Endpoint local_endpoint(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  return endpoint_of(address).value_or(base::Endpoint{});
}

base::Endpoint peer_endpoint(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  return endpoint_of(address).value_or(base::Endpoint{});
}

}  // namespace holter::env_linux
