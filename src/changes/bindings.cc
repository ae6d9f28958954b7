#include "changes/bindings.h"

#include <algorithm>

#include "wire/link/arp.h"
#include "wire/network/icmpv6_fields.h"

namespace holter::changes {
namespace {

constexpr std::uint8_t kNeighbourAdvertisement = 136;
constexpr std::uint8_t kSourceLinkAddress = 1;
constexpr std::uint8_t kTargetLinkAddress = 2;

// The gateways of one GLBP group answer in turn, each with its own MAC.
bool same_group(const wire::MacAddress& a, const wire::MacAddress& b) {
  return a[0] == 0x00 && a[1] == 0x07 && a[2] == 0xb4 && std::equal(a.begin(), a.end() - 1, b.begin());
}

struct LinkAddress {
  wire::MacAddress mac{};
  base::IpAddress target;
  bool override = true;
};

// What a message of neighbour discovery says of the address in its option of this type.
LinkAddress link_address(const wire::FieldList& fields, std::uint8_t wanted) {
  const wire::Icmpv6Fields& f = wire::kIcmpv6Fields;
  LinkAddress found;
  std::uint64_t option = 0;
  for (const auto& entry : fields.entries()) {
    if (entry.field == &f.target) found.target = address_of(entry);
    if (entry.field == &f.override) found.override = entry.number != 0;
    if (entry.field == &f.option_type) option = entry.number;
    if (entry.field == &f.mac && option == wanted) found.mac = mac_of(entry);
  }
  return found;
}

}  // namespace

void Bindings::observe_arp(const Sight& sight, Teller& teller) {
  if (sight.packet.arp_operation != wire::kArpRequest && sight.packet.arp_operation != wire::kArpReply) return;
  const base::Bytes behind =
      sight.frame.subspan(std::min<std::size_t>(sight.packet.network_offset, sight.frame.size()));
  const auto view = wire::ArpView::parse({behind, behind.size()});
  if (!view || !view->is_ethernet_ipv4()) return;
  const wire::ArpHeader header = view->header();
  claim(sight, {base::IpAddress::v4(header.sender), header.sender_mac}, teller);
}

void Bindings::observe_neighbour_discovery(const Sight& sight, Teller& teller) {
  const bool advertised = sight.packet.icmp_type == kNeighbourAdvertisement;
  const LinkAddress said = link_address(sight.fields, advertised ? kTargetLinkAddress : kSourceLinkAddress);
  const base::IpAddress whose = advertised ? said.target : sight.packet.source_address();
  claim(sight, {whose, said.mac, !said.override}, teller);
}

void Bindings::claim(const Sight& sight, const Claim& claim, Teller& teller) {
  if (claim.address.is_any() || claim.address.is_loopback() || !is_one_host(claim.mac)) return;
  const base::PacketTime at = sight.at;
  const Key key{segment_of(sight.packet), claim.address};
  const auto known = bindings_.find(key);
  if (known == bindings_.end()) {
    if (!has_room(at)) return teller.refuse();
    bindings_.emplace(key, Binding{{claim.mac, at}, {}, at, {}});
    return;
  }
  Binding& binding = known->second;
  if (binding.owner.mac == claim.mac || same_group(claim.mac, binding.owner.mac)) {
    binding.owner = {claim.mac, at};
    return;
  }
  if (claim.weak) return;
  if (binding.shared) {
    // Until the more silent one has been so for long: then it is a move again.
    if (binding.other.mac == claim.mac && at - binding.other.heard <= kSharedFor) {
      std::swap(binding.owner, binding.other);
      binding.owner.heard = at;
      return;
    }
  } else if (binding.other.mac == wire::MacAddress{} && at - binding.since <= kOneAnswer) {
    binding.other = {claim.mac, at};
    binding.shared = true;
    return;
  }
  move(key, binding, claim, at, teller);
}

void Bindings::move(const Key& key, Binding& binding, const Claim& claim, base::PacketTime at, Teller& teller) {
  const bool contested = binding.other.mac == claim.mac && !binding.shared && at - binding.moved <= kContest;
  const std::string before = words_of(binding.owner.mac);
  const std::string after = contested ? before + " and " + words_of(claim.mac) + " both claim it" : words_of(claim.mac);
  const bool gateway = of_host_.contains(key.address) || learnt_.contains(key.address);
  teller.tell(at, gateway ? "gateway" : "address", to_string(key.address) + where(key.segment), before, after);
  binding.other = binding.owner;
  binding.owner = {claim.mac, at};
  binding.shared = contested;
  binding.moved = at;
}

bool Bindings::has_room(base::PacketTime now) {
  if (bindings_.size() < kMostBindings) return true;
  if (now - cleaned_ < kMinute && now >= cleaned_) return false;
  forget_silent(now, kForgetWhenFull);
  return bindings_.size() < kMostBindings;
}

void Bindings::forget_silent(base::PacketTime now, base::Duration longer_than) {
  cleaned_ = now;
  std::erase_if(bindings_, [&](const auto& entry) { return now - entry.second.owner.heard > longer_than; });
}

void Bindings::advance(base::PacketTime now) {
  if (now - cleaned_ >= kMinute || now < cleaned_) forget_silent(now, kForgetAddress);
}

}  // namespace holter::changes
