#include "changes/wire_changes.h"

#include "wire/application/dhcp.h"
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

bool is_dhcp(const wire::Packet& packet) {
  const auto is_server = [](std::uint16_t port) { return port == wire::kDhcpServerPort; };
  return is_server(packet.source_port) || is_server(packet.destination_port);
}

bool is_sound(const wire::Packet& packet) {
  return !packet.truncated && packet.anomalies == 0 && packet.tunnels == 0 && !packet.is_fragment() &&
         packet.network_checksum != wire::ChecksumState::bad && packet.transport_checksum != wire::ChecksumState::bad;
}

}  // namespace

bool WireChanges::may_matter(const wire::Packet& packet) {
  if ((packet.protocols & kOfLink) != 0) return true;
  if (packet.has(Protocol::udp)) return is_dhcp(packet);
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
  if (packet.has(Protocol::udp)) {
    const auto given = leases_.observe(sight, teller_);
    if (!given) return;
    bindings_.forget(given->segment, given->address);
    for (const auto& router : given->routers) bindings_.add_gateway(router);
    return;
  }
  if (packet.has(Protocol::icmpv6)) return observe_icmpv6(sight);
  if (packet.is_ip()) return virtual_routers_.observe(sight, teller_);
  if (frame.outgoing) return;  // this host is no neighbour of its own
  if (packet.has(Protocol::lldp)) return neighbours_.observe_lldp(sight, teller_);
  if (packet.has(Protocol::cdp)) neighbours_.observe_cdp(sight, teller_);
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
  teller_.advance(now);
}

}  // namespace holter::changes
