#include "env/linux/netlink.h"

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"

namespace holter::env_linux {
namespace {

constexpr std::size_t kDumpBytes = 32 * 1024;
// linux/if.h has them as enumerators only where net/if.h was not seen before.
constexpr unsigned kLowerUp = 1U << 16;
constexpr unsigned kDormant = 1U << 17;

using Attributes = std::array<const nlattr*, IFLA_MAX + 1>;
static_assert(IFLA_MAX >= RTA_MAX && IFLA_MAX >= IFA_MAX);

int keep_known(const nlattr* attribute, void* into) {
  auto& attributes = *static_cast<Attributes*>(into);
  const std::uint16_t type = mnl_attr_get_type(attribute);
  if (type < attributes.size()) attributes[type] = attribute;
  return MNL_CB_OK;
}

Attributes attributes_of(const nlmsghdr* message, unsigned header_bytes) {
  Attributes attributes{};
  mnl_attr_parse(message, header_bytes, keep_known, &attributes);
  return attributes;
}

std::uint32_t number_or_zero(const nlattr* attribute) {
  return attribute != nullptr && mnl_attr_get_payload_len(attribute) >= 4 ? mnl_attr_get_u32(attribute) : 0;
}

std::optional<base::IpAddress> ip_of(const void* bytes, std::size_t size) {
  if (size == 4) {
    in_addr v4{};
    std::memcpy(&v4, bytes, size);
    return address_of(v4);
  }
  if (size == 16) {
    in6_addr v6{};
    std::memcpy(&v6, bytes, size);
    return address_of(v6);
  }
  return std::nullopt;
}

base::IpAddress with_zone(const base::IpAddress& address, std::uint32_t interface_index) {
  if (address.is_v4() || !address.is_link_local()) return address;
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  return base::IpAddress::v6(bytes, interface_index);
}

using Socket = std::unique_ptr<mnl_socket, int (*)(mnl_socket*)>;

Socket open_socket() { return {mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), mnl_socket_close}; }

// Asks for all objects of `type` and hands each message to `callback`.
base::Result<void> dump(std::uint16_t type, int family, mnl_cb_t callback, void* into) {
  const Socket socket = open_socket();
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return os_error("cannot open a netlink socket", errno);
  }
  std::vector<char> buffer(kDumpBytes);
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  const auto sequence = request->nlmsg_seq = static_cast<std::uint32_t>(type);
  // The family is the first byte of the header of each kind of request; the kernel takes the longest for all.
  auto* header =
      static_cast<unsigned char*>(mnl_nlmsg_put_extra_header(request, std::max(sizeof(rtmsg), sizeof(ifinfomsg))));
  header[0] = static_cast<unsigned char>(family);
  if (mnl_socket_sendto(socket.get(), request, request->nlmsg_len) < 0) return os_error("cannot ask netlink", errno);
  for (int more = MNL_CB_OK; more > MNL_CB_STOP;) {
    const ssize_t got = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
    if (got < 0) return os_error("cannot read from netlink", errno);
    more = mnl_cb_run(buffer.data(), static_cast<std::size_t>(got), sequence, mnl_socket_get_portid(socket.get()),
                      callback, into);
    if (more < 0) return os_error("netlink refused a dump", errno);
  }
  return {};
}

std::string mac_of(const nlattr* attribute) {
  if (attribute == nullptr || mnl_attr_get_payload_len(attribute) != 6) return {};
  const auto* bytes = static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute));
  if (std::all_of(bytes, bytes + 6, [](std::uint8_t byte) { return byte == 0; })) return {};
  std::string text;
  for (int i = 0; i < 6; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (i > 0) text += ':';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

int on_link(const nlmsghdr* message, void* into) {
  auto& interfaces = *static_cast<std::vector<env::Interface>*>(into);
  if (message->nlmsg_type != RTM_NEWLINK || interfaces.size() >= kMaxInterfaces) return MNL_CB_OK;
  const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  const Attributes attributes = attributes_of(message, sizeof *link);
  env::Interface interface;
  interface.index = static_cast<std::uint32_t>(link->ifi_index);
  if (attributes[IFLA_IFNAME] != nullptr) interface.name = mnl_attr_get_str(attributes[IFLA_IFNAME]);
  interface.mac = mac_of(attributes[IFLA_ADDRESS]);
  interface.up = (link->ifi_flags & IFF_UP) != 0 && (link->ifi_flags & IFF_RUNNING) != 0;
  interface.loopback = (link->ifi_flags & IFF_LOOPBACK) != 0;
  interfaces.push_back(std::move(interface));
  return MNL_CB_OK;
}

int on_one_link(const nlmsghdr* message, void* into) {
  auto& found = *static_cast<std::optional<env::Link>*>(into);
  if (message->nlmsg_type != RTM_NEWLINK) return MNL_CB_OK;
  const auto* header = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  const Attributes attributes = attributes_of(message, sizeof *header);
  env::Link& link = found.emplace();
  if (attributes[IFLA_IFNAME] != nullptr) link.name = mnl_attr_get_str(attributes[IFLA_IFNAME]);
  link.enabled = (header->ifi_flags & IFF_UP) != 0;
  link.carrier = (header->ifi_flags & kLowerUp) != 0 && (header->ifi_flags & kDormant) == 0;
  link.loopback = (header->ifi_flags & IFF_LOOPBACK) != 0;
  link.wired = !mac_of(attributes[IFLA_ADDRESS]).empty() && (header->ifi_flags & IFF_NOARP) == 0;
  link.carrier_losses = number_or_zero(attributes[IFLA_CARRIER_DOWN_COUNT]);
  const nlattr* stats = attributes[IFLA_STATS64];
  if (stats != nullptr && mnl_attr_get_payload_len(stats) >= sizeof link.received_frames) {
    std::memcpy(&link.received_frames, mnl_attr_get_payload(stats),
                sizeof link.received_frames);  // rx_packets is first
  }
  return MNL_CB_OK;
}

int on_address(const nlmsghdr* message, void* into) {
  auto& interfaces = *static_cast<std::vector<env::Interface>*>(into);
  if (message->nlmsg_type != RTM_NEWADDR) return MNL_CB_OK;
  const auto* header = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  const Attributes attributes = attributes_of(message, sizeof *header);
  // On a point-to-point link IFA_ADDRESS is the other end's and IFA_LOCAL the own one; IPv6 may have IFA_ADDRESS only.
  const nlattr* own = attributes[IFA_LOCAL] != nullptr ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
  const auto interface = std::ranges::find(interfaces, header->ifa_index, &env::Interface::index);
  if (own == nullptr || interface == interfaces.end()) return MNL_CB_OK;
  const auto address = ip_of(mnl_attr_get_payload(own), mnl_attr_get_payload_len(own));
  if (address) interface->addresses.push_back(with_zone(*address, header->ifa_index));
  return MNL_CB_OK;
}

// A route's hop: from its own attributes, or from one entry of RTA_MULTIPATH.
struct Hop {
  const nlattr* gateway = nullptr;
  const nlattr* via = nullptr;  // a gateway of another family: rtvia, two bytes of family before the address
  std::uint32_t interface_index = 0;
};

void add_hop(std::vector<DefaultRoute>& routes, DefaultRoute route, const Hop& hop) {
  if (routes.size() >= kMaxDefaultRoutes) return;
  route.interface_index = hop.interface_index;
  std::optional<base::IpAddress> gateway;
  if (hop.gateway != nullptr) gateway = ip_of(mnl_attr_get_payload(hop.gateway), mnl_attr_get_payload_len(hop.gateway));
  if (hop.via != nullptr && mnl_attr_get_payload_len(hop.via) > 2) {
    gateway =
        ip_of(static_cast<const char*>(mnl_attr_get_payload(hop.via)) + 2, mnl_attr_get_payload_len(hop.via) - 2U);
  }
  if (gateway) route.gateway = with_zone(*gateway, hop.interface_index);
  routes.push_back(route);
}

void add_multipath(std::vector<DefaultRoute>& routes, const DefaultRoute& route, const nlattr* multipath) {
  const auto* at = static_cast<const char*>(mnl_attr_get_payload(multipath));
  std::size_t left = mnl_attr_get_payload_len(multipath);
  while (left >= sizeof(rtnexthop)) {
    rtnexthop header{};
    std::memcpy(&header, at, sizeof header);
    if (header.rtnh_len < sizeof header || header.rtnh_len > left) return;
    Attributes attributes{};
    mnl_attr_parse_payload(at + sizeof header, header.rtnh_len - sizeof header, keep_known, &attributes);
    const auto interface_index = static_cast<std::uint32_t>(header.rtnh_ifindex);
    const bool usable = (header.rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0;
    if (usable) add_hop(routes, route, {attributes[RTA_GATEWAY], attributes[RTA_VIA], interface_index});
    const std::size_t step = std::min<std::size_t>(RTNH_ALIGN(header.rtnh_len), left);
    at += step;
    left -= step;
  }
}

int on_route(const nlmsghdr* message, void* into) {
  auto& routes = *static_cast<std::vector<DefaultRoute>*>(into);
  if (message->nlmsg_type != RTM_NEWROUTE) return MNL_CB_OK;
  const auto* header = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  if (header->rtm_dst_len != 0 || header->rtm_type != RTN_UNICAST || (header->rtm_flags & RTM_F_CLONED) != 0) {
    return MNL_CB_OK;
  }
  if ((header->rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0) return MNL_CB_OK;
  const Attributes attributes = attributes_of(message, sizeof *header);
  const std::uint32_t table =
      attributes[RTA_TABLE] != nullptr ? number_or_zero(attributes[RTA_TABLE]) : header->rtm_table;
  if (table != RT_TABLE_MAIN) return MNL_CB_OK;
  DefaultRoute route;
  route.family = header->rtm_family == AF_INET ? base::IpAddress::Family::v4 : base::IpAddress::Family::v6;
  route.metric = number_or_zero(attributes[RTA_PRIORITY]);
  if (attributes[RTA_MULTIPATH] != nullptr) {
    add_multipath(routes, route, attributes[RTA_MULTIPATH]);
  } else {
    add_hop(routes, route, {attributes[RTA_GATEWAY], attributes[RTA_VIA], number_or_zero(attributes[RTA_OIF])});
  }
  return MNL_CB_OK;
}

}  // namespace

base::Result<std::vector<env::Interface>> dump_interfaces() {
  std::vector<env::Interface> interfaces;
  if (auto done = dump(RTM_GETLINK, AF_UNSPEC, on_link, &interfaces); !done) return done.error();
  if (auto done = dump(RTM_GETADDR, AF_UNSPEC, on_address, &interfaces); !done) return done.error();
  std::ranges::sort(interfaces, {}, &env::Interface::index);
  return interfaces;
}

base::Result<env::Link> read_link(std::uint32_t index) {
  const Socket socket = open_socket();
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return os_error("cannot open a netlink socket", errno);
  }
  std::vector<char> buffer(kDumpBytes);
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = RTM_GETLINK;
  request->nlmsg_flags = NLM_F_REQUEST;
  request->nlmsg_seq = 1;
  auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg)));
  header->ifi_index = static_cast<int>(index);
  if (mnl_socket_sendto(socket.get(), request, request->nlmsg_len) < 0) return os_error("cannot ask netlink", errno);
  const ssize_t got = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  if (got < 0) return os_error("cannot read from netlink", errno);
  std::optional<env::Link> link;
  const int ran = mnl_cb_run(buffer.data(), static_cast<std::size_t>(got), 1, mnl_socket_get_portid(socket.get()),
                             on_one_link, &link);
  if (ran < 0 && errno == ENODEV) return base::Error{base::ErrorKind::not_found, "there is no such interface"};
  if (ran < 0 || !link) return os_error("netlink says nothing of an interface", errno);
  return *link;
}

base::Result<std::vector<DefaultRoute>> dump_default_routes() {
  std::vector<DefaultRoute> routes;
  for (const int family : {AF_INET, AF_INET6}) {
    if (auto done = dump(RTM_GETROUTE, family, on_route, &routes); !done) return done.error();
  }
  std::vector<DefaultRoute> sorted;
  for (const DefaultRoute& route : routes) {
    const auto preferred = [](const DefaultRoute& a, const DefaultRoute& b) {
      return a.family != b.family ? a.family < b.family : a.metric < b.metric;
    };
    sorted.insert(std::ranges::upper_bound(sorted, route, preferred), route);
  }
  return sorted;
}

}  // namespace holter::env_linux
