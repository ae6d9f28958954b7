#include "sim/internet.h"

#include "sim/clock.h"
#include "sim/stack.h"

namespace holter::sim {
namespace {

constexpr base::Duration kRouterDelay = base::Duration::microseconds(500);

}  // namespace

Stack* Internet::find(const base::IpAddress& address) const {
  const auto found = stacks_.find(address);
  return found == stacks_.end() ? nullptr : found->second;
}

const std::vector<base::IpAddress>* Internet::find_name(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

void Internet::set_routers(HostIndex from, HostIndex to, std::vector<Hop> hops) {
  routers_[{from, to}] = std::move(hops);
}

void Internet::answer(Stack& to, const Packet& error) {
  if (error.quoted->quoted) return;  // no error about an error (RFC 1122, section 3.2.2)
  wiretap_.record(true_wall_time(timeline_.now()), to_frame(error));
  timeline_.after(kRouterDelay, "router", [&to, error] { to.receive(error); });
}

// What its router says may be lost as what the target says.
void Internet::expire(Stack& from, const Stack& to, const Packet& packet, const Hop& hop) {
  if (hop.empty() || fabric_.carry(from.index(), to.index()).empty()) return;
  answer(from, icmp_error(IcmpError::time_exceeded, packet, hop[flow_of(packet) % hop.size()]));
}

void Internet::send(Stack& from, const Packet& packet) {
  timeline_.trace().note("send", packet.payload);
  auto frame = to_frame(packet);
  wiretap_.record(true_wall_time(timeline_.now()), frame);
  Stack* to = packet.destination.address.is_loopback() ? &from : find(packet.destination.address);
  if (to != &from && !from.plugged()) return;
  if (to != &from) from.tap(frame, env::FrameDirection::outgoing);
  if (to == nullptr) {
    const bool same_family = edge_router_ && edge_router_->family() == packet.source.address.family();
    if (same_family) answer(from, icmp_error(IcmpError::host_unreachable, packet, *edge_router_));
    return;
  }
  const auto path = routers_.find({from.index(), to->index()});
  const std::size_t hops = path == routers_.end() ? 0 : path->second.size();
  if (packet.ttl <= hops) {
    return expire(from, *to, packet, path->second[packet.ttl - 1U]);
  }
  Packet arriving = packet;
  arriving.ttl = static_cast<std::uint8_t>(packet.ttl - hops);
  for (const auto when : fabric_.carry(from.index(), to->index())) {
    timeline_.at(when, "arrive", [to, arriving] { to->receive(arriving); });
  }
}

}  // namespace holter::sim
