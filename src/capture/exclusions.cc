#include "capture/exclusions.h"

#include <algorithm>

#include "capture/limits.h"

namespace holter::capture {
namespace {

flow::FlowKey key_between(std::uint8_t ip_protocol, const base::Endpoint& a, const base::Endpoint& b) {
  wire::Packet packet;
  packet.add(a.address.is_v4() ? wire::Protocol::ipv4 : wire::Protocol::ipv6);
  packet.ip_protocol = ip_protocol;
  packet.source_port = a.port;
  packet.destination_port = b.port;
  std::ranges::copy(a.address.bytes(), packet.source.begin());
  std::ranges::copy(b.address.bytes(), packet.destination.begin());
  return flow::key_of(packet)->key;
}

}  // namespace

bool Exclusions::add_conversation(std::uint8_t ip_protocol, const base::Endpoint& a, const base::Endpoint& b) {
  const flow::FlowKey key = key_between(ip_protocol, a, b);
  if (conversations_.size() >= kMaxExcludedConversations) return conversations_.contains(key);
  conversations_.insert(key);
  return true;
}

void Exclusions::remove_conversation(std::uint8_t ip_protocol, const base::Endpoint& a, const base::Endpoint& b) {
  conversations_.erase(key_between(ip_protocol, a, b));
}

bool Exclusions::covers(const wire::Packet& packet) const {
  const auto either = [&](const auto& ports) { return ports[packet.source_port] || ports[packet.destination_port]; };
  if (packet.has(wire::Protocol::tcp) && either(tcp_ports_)) return true;
  if (packet.has(wire::Protocol::udp) && either(udp_ports_)) return true;
  if (conversations_.empty()) return false;
  auto directed = flow::key_of(packet);
  if (!directed) return false;
  // However it is tagged or tunnelled here.
  directed->key.vlans = {};
  directed->key.vlan_count = 0;
  directed->key.tunnel = wire::Protocol::ethernet;
  directed->key.tunnel_ends = 0;
  return conversations_.contains(directed->key);
}

}  // namespace holter::capture
