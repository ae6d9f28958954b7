#include "flow/flow_key.h"

#include <bit>
#include <tuple>
#include <utility>

#include "wire/network/icmp.h"

namespace holter::flow {
namespace {

using wire::Protocol;

struct Ports {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
};

Ports ports_of(const wire::Packet& packet) {
  if (wire::is_echo_request(packet) || wire::is_echo_reply(packet)) return {packet.icmp_id, packet.icmp_id};
  if (packet.has(Protocol::icmp) || packet.has(Protocol::icmpv6)) {
    const auto both = static_cast<std::uint16_t>(packet.icmp_type << 8 | packet.icmp_code);
    return {both, both};
  }
  return {packet.source_port, packet.destination_port};
}

// Both halves of a 128-bit product, folded: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::optional<DirectedKey> key_of(const wire::Packet& packet) {
  if (!packet.is_ip()) return std::nullopt;
  const Ports ports = ports_of(packet);
  DirectedKey out;
  const auto sender = std::tie(packet.source, ports.source);
  const auto receiver = std::tie(packet.destination, ports.destination);
  // A host that pings itself has one address at both ends: there the reply counts as the other direction.
  out.low_sends = sender < receiver || (sender == receiver && !wire::is_echo_reply(packet));
  out.key = {packet.source,
             packet.destination,
             ports.source,
             ports.destination,
             packet.vlan_id(),
             packet.ip_protocol,
             static_cast<std::uint8_t>(packet.has(Protocol::ipv6) ? 6 : 4)};
  if (!out.low_sends) {
    std::swap(out.key.low, out.key.high);
    std::swap(out.key.low_port, out.key.high_port);
  }
  return out;
}

std::uint64_t hash_of(const FlowKey& key, std::uint64_t seed) {
  static_assert(sizeof(FlowKey) == 40, "the hash reads every byte");
  const auto words = std::bit_cast<std::array<std::uint64_t, 5>>(key);
  std::uint64_t hash = seed ^ 0x9e3779b97f4a7c15;
  for (const std::uint64_t word : words) hash = mix(hash ^ word, 0xd6e8feb86659fd93 ^ seed) + word;
  return mix(hash ^ seed, 0xa0761d6478bd642f);
}

}  // namespace holter::flow
