#include "env/linux/socket_options.h"

#include <netinet/in.h>
#include <netinet/ip.h>

#include "env/linux/socket_address.h"

namespace holter::env_linux {

base::Result<void> set_egress(int fd, base::IpAddress::Family family, const env::Egress& egress) {
  if (egress.dscp && *egress.dscp > env::kMaxDscp) return base::Error{base::ErrorKind::invalid, "a DSCP is at most 63"};
  const bool v4 = family == base::IpAddress::Family::v4;
  SocketOptions setter(fd);
  if (egress.ttl && v4) setter.set(IPPROTO_IP, IP_TTL, int{*egress.ttl}, "IP_TTL");
  if (egress.ttl && !v4) setter.set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, int{*egress.ttl}, "IPV6_UNICAST_HOPS");
  if (egress.dscp && v4) setter.set(IPPROTO_IP, IP_TOS, *egress.dscp << 2, "IP_TOS");
  if (egress.dscp && !v4) setter.set(IPPROTO_IPV6, IPV6_TCLASS, *egress.dscp << 2, "IPV6_TCLASS");
  if (auto done = setter.result(); !done) return done;
  const std::string& device = egress.interface;
  if (device.empty()) return {};
  if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.data(), static_cast<socklen_t>(device.size())) != 0) {
    const int code = errno;
    return os_error("cannot bind a socket to the interface " + device, code);
  }
  return {};
}

base::Result<void> leave_by(int fd, base::IpAddress::Family family, const env::Egress& egress, PortChoice choice) {
  if (auto done = set_egress(fd, family, egress); !done || !egress.source) return done;
  SocketOptions options(fd);
  options.set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, choice == PortChoice::when_connecting ? 1 : 0,
              "IP_BIND_ADDRESS_NO_PORT");
  const SocketAddress source({*egress.source, 0});
  if (::bind(fd, source.get(), source.length) == 0) return options.result();
  const int code = errno;
  return os_error("cannot use the address " + base::to_string(*egress.source), code);
}

}  // namespace holter::env_linux
