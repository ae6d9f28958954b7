#include "flow/flow_key.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "record/icmp_pair.h"
#include "wire/network/icmp.h"
#include "wire/transport/tcp.h"

namespace holter::flow {
namespace {

using wire::Packet;
using wire::Protocol;

bool is_icmp(const Packet& packet) { return packet.has(Protocol::icmp) || packet.has(Protocol::icmpv6); }

// A code other than 0 makes it another message than the one that is answered.
std::optional<record::IcmpPair> pair_of(const Packet& packet) {
  if (packet.icmp_code != 0) return std::nullopt;
  return record::icmp_pair(packet.ip_protocol, packet.icmp_type);
}

std::uint64_t load(const std::array<std::uint8_t, 16>& address, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, address.data() + at, sizeof word);
  return word;
}

// Any order will do as long as it is one: of words as they lie in memory it is cheapest.
bool sender_is_low(const Packet& packet, std::uint16_t source_port, std::uint16_t destination_port) {
  const std::uint64_t a = load(packet.source, 0);
  const std::uint64_t b = load(packet.destination, 0);
  if (a != b) return a < b;
  const std::uint64_t c = load(packet.source, 8);
  const std::uint64_t d = load(packet.destination, 8);
  if (c != d) return c < d;
  return source_port <= destination_port;
}

// As the order says, without a jump that half of all packets would take.
void set_ends(const Packet& packet, bool low_sends, FlowKey& key) {
  key.low = *(low_sends ? &packet.source : &packet.destination);
  key.high = *(low_sends ? &packet.destination : &packet.source);
}

bool make_icmp_key(const Packet& packet, FlowKey& key) {
  const auto pair = pair_of(packet);
  if (!pair) {
    set_ends(packet, true, key);
    key.low_port = static_cast<std::uint16_t>(packet.icmp_type << 8 | packet.icmp_code);
    key.high_port = 0;
    return true;
  }
  const bool low = sender_is_low(packet, 0, 0);
  set_ends(packet, low, key);
  key.low_port = packet.icmp_id;
  key.high_port = static_cast<std::uint16_t>((pair->asks ? packet.icmp_type : pair->counterpart) << 8);
  // A host that asks itself has one address at both ends: there the answer counts as the other direction.
  return key.low == key.high ? pair->asks : low;
}

// Both halves of a 128-bit product, folded: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

bool make_key(const Packet& packet, DirectedKey& out) {
  if (!packet.is_ip()) return false;
  FlowKey& key = out.key;
  key.vlans = {static_cast<std::uint16_t>(packet.vlan_tci[0] & 0x0fff),
               static_cast<std::uint16_t>(packet.vlan_tci[1] & 0x0fff)};
  key.tunnel_ends = packet.tunnel_ends;
  key.vlan_count = packet.vlan_count;
  key.ip_protocol = packet.ip_protocol;
  key.ip_version = packet.has(Protocol::ipv6) ? 6 : 4;
  key.tunnel = packet.tunnels == 0 ? Protocol::ethernet : packet.tunnel;
  if (is_icmp(packet)) {
    out.low_sends = make_icmp_key(packet, key);
    return true;
  }
  out.low_sends = sender_is_low(packet, packet.source_port, packet.destination_port);
  set_ends(packet, out.low_sends, key);
  key.low_port = out.low_sends ? packet.source_port : packet.destination_port;
  key.high_port = out.low_sends ? packet.destination_port : packet.source_port;
  return true;
}

std::optional<DirectedKey> key_of(const Packet& packet) {
  DirectedKey out;
  if (!make_key(packet, out)) return std::nullopt;
  return out;
}

bool sender_initiates(const Packet& packet) {
  if (packet.has(Protocol::tcp)) {
    constexpr std::uint8_t kAnswer = wire::kTcpSyn | wire::kTcpAck;
    return (packet.tcp_flags & kAnswer) != kAnswer;
  }
  if (!is_icmp(packet)) return true;
  const auto pair = pair_of(packet);
  return !pair || pair->asks;
}

std::uint64_t hash_of(const FlowKey& key, std::uint64_t seed) {
  static_assert(sizeof(FlowKey) == 48 && std::has_unique_object_representations_v<FlowKey>,
                "the hash reads every byte");
  const auto words = std::bit_cast<FlowKey::Words>(key);
  const std::uint64_t a = mix(words[0] ^ 0x9e3779b97f4a7c15 ^ seed, words[1] ^ 0xd6e8feb86659fd93);
  const std::uint64_t b = mix(words[2] ^ 0xa0761d6478bd642f, words[3] ^ 0xe7037ed1a0b428db ^ seed);
  const std::uint64_t c = mix(words[4] ^ 0x8ebc6af09c88c6e3 ^ seed, words[5] ^ 0x589965cc75374cc3);
  return mix(a ^ b ^ 0x1d8e4e27c47d124f, std::rotl(b, 32) ^ c ^ seed);
}

}  // namespace holter::flow
