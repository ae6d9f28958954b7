#include "filter/kernel_class.h"

#include <algorithm>

#include "filter/bpf.h"

namespace holter::filter {
namespace {

using wire::Packet;
using wire::Protocol;

constexpr std::uint64_t kEthernet = bit_of(Protocol::ethernet);
constexpr std::uint64_t kVlan = bit_of(Protocol::vlan);
constexpr std::size_t kMostRanges = 64;  // of one condition; longer lists are left to holter

#define HOLTER_IS(member) (slot.offset == offsetof(Packet, member))

KernelLoad constant(std::uint64_t value) {
  KernelLoad out;
  out.constant = value;
  return out;
}

KernelLoad bytes_at(std::uint32_t offset, std::uint8_t bytes) { return {.offset = offset, .bytes = bytes}; }

std::optional<KernelLoad> of_link(const Slot& slot) {
  if (HOLTER_IS(source_mac)) return bytes_at(6, 4);
  if (HOLTER_IS(destination_mac)) return bytes_at(0, 4);
  if (HOLTER_IS(ether_type)) return bytes_at(12, 2);
  if (HOLTER_IS(vlan_tci)) return bytes_at(kBpfVlanTag, 2);
  return std::nullopt;
}

std::optional<KernelLoad> of_network(const KernelClass& of, const Slot& slot) {
  const bool v4 = of.network == Protocol::ipv4;
  const bool arp = of.network == Protocol::arp;
  if (HOLTER_IS(source)) return bytes_at(arp ? 28 : v4 ? 26 : 22, 4);
  if (HOLTER_IS(destination)) return bytes_at(arp ? 38 : v4 ? 30 : 38, 4);
  if (HOLTER_IS(arp_operation)) return bytes_at(20, 2);
  if (HOLTER_IS(more_fragments) || HOLTER_IS(fragment_offset)) return constant(0);
  if (arp) return std::nullopt;
  if (HOLTER_IS(ip_protocol)) return bytes_at(v4 ? 23 : 20, 1);
  if (HOLTER_IS(hop_limit)) return bytes_at(v4 ? 22 : 21, 1);
  if (!HOLTER_IS(traffic_class)) return std::nullopt;
  if (v4) return bytes_at(15, 1);
  KernelLoad load = bytes_at(14, 2);
  load.shift = 4;
  load.mask = 0xff;
  return load;
}

std::optional<KernelLoad> of_transport(const KernelClass& of, const Slot& slot) {
  const std::uint32_t at = of.transport_offset();
  if (HOLTER_IS(source_port)) return bytes_at(at, 2);
  if (HOLTER_IS(destination_port)) return bytes_at(at + 2, 2);
  if (HOLTER_IS(tcp_sequence)) return bytes_at(at + 4, 4);
  if (HOLTER_IS(tcp_acknowledgment)) return bytes_at(at + 8, 4);
  if (HOLTER_IS(tcp_flags)) return bytes_at(at + 13, 1);
  if (HOLTER_IS(tcp_window)) return bytes_at(at + 14, 2);
  if (HOLTER_IS(icmp_type)) return bytes_at(at, 1);
  if (HOLTER_IS(icmp_code)) return bytes_at(at + 1, 1);
  return std::nullopt;
}

#undef HOLTER_IS

bool is_presence(const Slot& slot) { return slot.offset == offsetof(Packet, protocols); }

Known known_of(bool holds) { return holds ? Known::holds : Known::fails; }

// Whether a packet has one of some protocols.
Known known_presence(const KernelClass& of, const Condition& condition, std::uint64_t mask) {
  if (mask == kVlan) return Known::ask;
  if ((mask & kVlan) != 0) return Known::unknown;
  const bool has = contains(condition.numbers, of.protocols() & mask);
  return known_of(has != condition.negated);
}

}  // namespace

std::uint64_t KernelClass::protocols() const {
  return kEthernet | bit_of(network) | (transport ? bit_of(*transport) : 0);
}

std::optional<KernelLoad> kernel_load(const KernelClass& of, const Slot& slot) {
  if (is_presence(slot)) return bytes_at(kBpfVlanTagPresent, 1);
  auto load = of_link(slot);
  if (!load) load = of_network(of, slot);
  if (!load && of.transport) load = of_transport(of, slot);
  if (!load) return std::nullopt;
  if (load->bytes == 0) {
    load->constant = load->constant >> slot.shift & slot.mask;
    return load;
  }
  load->mask = static_cast<std::uint32_t>((load->mask >> slot.shift) & slot.mask);
  load->shift = static_cast<std::uint8_t>(load->shift + slot.shift);
  return load;
}

Known known_in(const KernelClass& of, const Condition& condition) {
  const LiveField& field = live_fields()[condition.field];
  if (field.place != Place::packet) return Known::unknown;
  const PacketLoad& load = field.load;
  if (load.guard != 0 && (load.guard & (of.protocols() | kVlan)) == 0) return Known::fails;
  if (is_presence(load.a)) return known_presence(of, condition, load.a.mask);
  for (const Slot* slot : {&load.a, &load.b}) {
    if (slot->bytes != 0 && !kernel_load(of, *slot)) return Known::unknown;
  }
  const AddressSet& set = condition.addresses;
  if (condition.numbers.size() + set.v4.size() + set.v6.size() > kMostRanges) return Known::unknown;
  if (of.network == Protocol::ipv6 && !std::ranges::all_of(set.v6, is_prefix)) return Known::unknown;
  if (field.info.type == Type::mac &&
      !std::ranges::all_of(condition.numbers, [](const NumberRange& r) { return r.low == r.high; })) {
    return Known::unknown;
  }
  return Known::ask;
}

std::array<std::uint32_t, 4> words_of(const Wide& address) {
  return {static_cast<std::uint32_t>(address.high >> 32), static_cast<std::uint32_t>(address.high),
          static_cast<std::uint32_t>(address.low >> 32), static_cast<std::uint32_t>(address.low)};
}

bool is_prefix(const WideRange& range) {
  const auto low = words_of(range.low);
  const auto high = words_of(range.high);
  std::size_t at = 0;
  while (at < low.size() && low[at] == high[at]) ++at;
  for (++at; at < low.size(); ++at) {
    if (low[at] != 0 || high[at] != 0xffff'ffff) return false;
  }
  return true;
}

}  // namespace holter::filter
