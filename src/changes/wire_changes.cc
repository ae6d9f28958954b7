#include "changes/wire_changes.h"

#include "wire/application/dhcp.h"
#include "wire/application/dhcpv6.h"
#include "wire/application/hsrp.h"
#include "wire/dispatch.h"

namespace holter::changes {
namespace {

using wire::Protocol;

constexpr std::uint64_t bit(Protocol protocol) { return std::uint64_t{1} << static_cast<unsigned>(protocol); }
constexpr std::uint64_t kOfLink = bit(Protocol::arp) | bit(Protocol::stp) | bit(Protocol::lldp) | bit(Protocol::cdp);

constexpr std::uint8_t kRouterSolicitation = 133;
constexpr std::uint8_t kRouterAdvertisement = 134;
constexpr std::uint8_t kNeighbourAdvertisement = 136;
constexpr std::uint8_t kOnLinkHops = 255;  // nobody routed it (RFC 4861, 3.1)

bool is_discovery(const wire::Packet& packet) {
  return packet.icmp_type >= kRouterSolicitation && packet.icmp_type <= kNeighbourAdvertisement &&
         packet.icmp_code == 0 && packet.hop_limit == kOnLinkHops;
}

bool tells(std::uint16_t udp_port) {
  switch (udp_port) {
    case wire::kDhcpServerPort:
    case wire::kDhcpv6ClientPort:
    case wire::kDhcpv6ServerPort:
    case wire::kHsrpPort:
    case wire::kHsrpPort6:
    case kGlbpPort: return true;
    default: return false;
  }
}

// To a group that no router forwards (RFC 5771, 4; RFC 4291, 2.7): who says it is on the segment.
bool is_to_segment(const wire::Packet& packet) {
  const auto& to = packet.destination;
  return packet.has(wire::Protocol::ipv4) ? to[0] == 224 && to[1] == 0 && to[2] == 0 : to[0] == 0xff && to[1] == 0x02;
}

bool is_sound(const wire::Packet& packet) {
  return !packet.truncated && packet.anomalies == 0 && packet.tunnels == 0 && !packet.is_fragment() &&
         packet.network_checksum != wire::ChecksumState::bad && packet.transport_checksum != wire::ChecksumState::bad;
}

}  // namespace

bool WireChanges::may_matter(const wire::Packet& packet) {
  if ((packet.protocols & kOfLink) != 0) return true;
  if (packet.has(Protocol::udp)) return tells(packet.source_port) || tells(packet.destination_port);
  if (packet.has(Protocol::icmpv6)) return is_discovery(packet);
  return packet.ip_protocol == kIpprotoVrrp && packet.hop_limit == kOnLinkHops;
}

void WireChanges::begin(base::PacketTime at) {
  neighbours_.begin(at);
  routers_.begin(at);
}

void WireChanges::observe(const WatchedFrame& frame, const wire::Packet& packet, base::PacketTime at) {
  if (!is_sound(packet)) return;
  if (!newest_) advance(at);
  fields_.clear();
  if (packet.has(Protocol::arp)) return bindings_.observe_arp({packet, frame.bytes, fields_, at}, teller_);
  // Sums as well: the capture does not look at those of every packet.
  const wire::DecodeWish wish{.fields = &fields_};
  const wire::Packet whole = wire::decode(frame.bytes, frame.original_length, frame.link, frame.hints, wish);
  if (!is_sound(whole) || fields_.left_out() != 0 || fields_.anomalies() != 0) return;
  const Sight sight{whole, frame.bytes, fields_, at};
  if (packet.has(Protocol::stp)) return tree_.observe(sight, teller_);
  if (packet.has(Protocol::udp)) return observe_udp(sight);
  if (packet.has(Protocol::icmpv6)) return observe_icmpv6(sight);
  if (packet.is_ip()) return virtual_routers_.observe_vrrp(sight, teller_);
  if (frame.outgoing) return;  // this host is no neighbour of its own
  if (packet.has(Protocol::lldp)) return neighbours_.observe_lldp(sight, teller_);
  if (packet.has(Protocol::cdp)) neighbours_.observe_cdp(sight, teller_);
}

void WireChanges::observe_udp(const Sight& sight) {
  const std::uint16_t to = sight.packet.destination_port;
  if (to == wire::kHsrpPort || to == wire::kHsrpPort6 || to == kGlbpPort) {
    if (!is_to_segment(sight.packet)) return;
    return to == kGlbpPort ? virtual_routers_.observe_glbp(sight, teller_)
                           : virtual_routers_.observe_hsrp(sight, teller_);
  }
  if (const auto given = leases_.observe(sight, teller_)) {
    bindings_.forget(given->segment, given->address);
    for (const auto& router : given->routers) bindings_.add_gateway(router);
  }
  for (const auto& address : ipv6_leases_.observe(sight, teller_)) {
    bindings_.forget(segment_of(sight.packet), address);
  }
}

void WireChanges::observe_icmpv6(const Sight& sight) {
  bindings_.observe_neighbour_discovery(sight, teller_);
  if (sight.packet.icmp_type != kRouterAdvertisement) return;
  routers_.observe(sight, teller_);
  bindings_.add_gateway(sight.packet.source_address());
}

void WireChanges::advance(base::PacketTime now) {
  if (!newest_ || now - *newest_ > kAwake || now < *newest_) begin(now);
  newest_ = now;
  neighbours_.advance(now, teller_);
  routers_.advance(now, teller_);
  bindings_.advance(now);
  leases_.advance(now);
  ipv6_leases_.advance(now);
  teller_.advance(now);
}

}  // namespace holter::changes
