#include "wire/decoder.h"

#include "wire/checksum.h"

namespace holter::wire {
namespace {

constexpr std::uint32_t mixed(std::uint32_t hash, std::uint32_t value) {
  hash ^= value;
  hash *= 0x9e3779b1U;
  return hash ^ hash >> 15;
}

std::uint32_t hash_of(const std::array<std::uint8_t, 16>& address) {
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at < address.size(); at += 4) hash = mixed(hash, load_u32(address, at));
  return hash;
}

constexpr std::uint64_t set_of(std::initializer_list<Protocol> protocols) {
  std::uint64_t set = 0;
  for (const Protocol protocol : protocols) set |= std::uint64_t{1} << static_cast<unsigned>(protocol);
  return set;
}

}  // namespace

bool Decoder::enter_tunnel(Protocol kind, std::uint32_t id, IdOf of) {
  packet.add(kind);
  if (packet.is_fragment()) return false;
  if (packet.tunnels == wish.tunnels) {
    if (wish.tunnels == kMaxTunnels) {
      packet.add(Anomaly::too_deep);
      packet.end = DecodeEnd::too_deep;
    }
    return false;
  }
  Packet inner;
  inner.captured_length = packet.captured_length;
  inner.original_length = packet.original_length;
  inner.anomalies = packet.anomalies;
  inner.layers = packet.layers;
  inner.source_mac = packet.source_mac;
  inner.destination_mac = packet.destination_mac;
  inner.vlan_tci = packet.vlan_tci;
  inner.vlan_count = packet.vlan_count;
  inner.ether_type = packet.ether_type;
  constexpr std::uint64_t kOfTheLink =
      set_of({Protocol::ethernet, Protocol::vlan, Protocol::linux_cooked, Protocol::bsd_null, Protocol::mpls,
              Protocol::pppoe, Protocol::ppp, Protocol::cisco_hdlc});
  inner.protocols = packet.protocols & kOfTheLink;
  inner.add(kind);
  inner.tunnels = static_cast<std::uint8_t>(packet.tunnels + 1);
  inner.tunnel = kind;
  inner.tunnel_id = id;
  // A sum does not care who sends: both directions of a tunnel are one.
  inner.tunnel_ends = mixed(mixed(packet.tunnel_ends, hash_of(packet.source) + hash_of(packet.destination)),
                            static_cast<std::uint32_t>(kind) ^ (of == IdOf::both_ways ? id << 8 : 0));
  packet = inner;
  routed_ = false;
  home_ = {};
  return true;
}

ChecksumState verify_message(const Decoder& decoder) {
  if (!decoder.can_verify() || !decoder.whole()) return ChecksumState::unverified;
  return internet_checksum(decoder.window().captured) == 0 ? ChecksumState::good : ChecksumState::bad;
}

namespace {

// What senders leave in the field when the device shall finish the sum: that of the pseudo header, with the length
// (Linux) or, of segments that are still to be cut, without it (NDIS).
bool left_to_the_device(ChecksumSum addresses, std::uint32_t length, std::uint16_t checksum) {
  const auto not_checksum = static_cast<std::uint16_t>(~checksum);
  if (addresses.finish() == not_checksum) return true;
  addresses.add_u32(length);
  return addresses.finish() == not_checksum;
}

}  // namespace

ChecksumState verify_transport(const Decoder& decoder, std::uint8_t protocol, std::uint16_t checksum) {
  if (!decoder.whole()) return ChecksumState::unverified;
  return verify_covered(decoder, protocol, decoder.window().captured, checksum);
}

ChecksumState verify_covered(const Decoder& decoder, std::uint8_t protocol, Bytes covered, std::uint16_t checksum) {
  if (!decoder.can_verify()) return ChecksumState::unverified;
  const Packet& packet = decoder.packet;
  const std::size_t n = packet.has(Protocol::ipv6) ? 16 : 4;
  const auto length = static_cast<std::uint32_t>(decoder.window().claimed);
  ChecksumSum addresses;
  addresses.add(decoder.summed_source().first(n));
  addresses.add(decoder.summed_destination().first(n));
  addresses.add_u16(protocol);
  ChecksumSum sum = addresses;
  sum.add_u32(length);
  sum.add(covered);
  if (sum.finish() == 0) return ChecksumState::good;
  return left_to_the_device(addresses, length, checksum) ? ChecksumState::unverified : ChecksumState::bad;
}

}  // namespace holter::wire
