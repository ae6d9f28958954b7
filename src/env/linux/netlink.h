// What rtnetlink(7) tells of this network namespace: links, addresses and default routes, by libmnl. Each call
// opens and closes its own socket and blocks for the kernel's answer only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "env/host.h"

namespace holter::env_linux {

inline constexpr std::size_t kMaxInterfaces = 4'096;
inline constexpr std::size_t kMaxDefaultRoutes = 256;

// One next hop of a default route; an equal-cost route gives one entry per hop.
struct DefaultRoute {
  base::IpAddress::Family family = base::IpAddress::Family::v4;
  std::optional<base::IpAddress> gateway;  // absent on a point-to-point link
  std::uint32_t interface_index = 0;
  std::uint32_t metric = 0;
};

// By index, with their addresses.
base::Result<std::vector<env::Interface>> dump_interfaces();
// One interface. Its carrier is the driver's own word (IFF_LOWER_UP): the operational state follows up to a second
// late.
base::Result<env::Link> read_link(std::uint32_t index);
// Of the main table: IPv4 before IPv6, the smaller metric first, next hops in the kernel's order.
base::Result<std::vector<DefaultRoute>> dump_default_routes();

}  // namespace holter::env_linux
