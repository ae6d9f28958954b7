#include "changes/virtual_routers.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "wire/application/hsrp.h"

namespace holter::changes {
namespace {

constexpr std::uint64_t kNone = 255;  // neither an opcode nor a state

constexpr std::uint8_t kAdvertisement2 = 0x21;  // version and type
constexpr std::uint8_t kAdvertisement3 = 0x31;
constexpr std::size_t kVrrpBytes = 4;  // version and type, group, priority, count of addresses
// CARP looks like version 2, has its length in words behind its header where VRRP counts addresses, and no more of them
// (OpenBSD's ip_carp.h).
constexpr std::size_t kCarpBytes = 36;
constexpr std::uint8_t kCarpWords = 7;

bool is_carp(base::Bytes message) {
  return message[0] == kAdvertisement2 && message[3] == kCarpWords && message.size() == kCarpBytes;
}

// Version, group (2), the sender's MAC (6), two fields that nobody outside Cisco knows; then TLVs, of which the hello
// of the gateway that assigns is the first.
constexpr std::size_t kGlbpHeadBytes = 12;
constexpr std::size_t kGlbpStateAt = kGlbpHeadBytes + 3;
constexpr std::uint8_t kGlbpVersion = 1;
constexpr std::uint8_t kGlbpHello = 1;
constexpr std::uint8_t kGlbpActive = 32;

}  // namespace

void VirtualRouters::observe_vrrp(const Sight& sight, Teller& teller) {
  const base::Bytes message = sight.packet.payload(sight.frame);
  if (message.size() < kVrrpBytes) return;
  if (message[0] != kAdvertisement2 && message[0] != kAdvertisement3) return;
  observe(is_carp(message) ? Kind::carp : Kind::vrrp, message[1], sight, teller);
}

void VirtualRouters::observe_hsrp(const Sight& sight, Teller& teller) {
  const wire::HsrpFields& f = wire::kHsrpFields;
  std::uint64_t version = 0;
  std::uint64_t opcode = kNone;
  std::uint64_t state = kNone;
  std::uint64_t group = 0;
  for (const auto& entry : sight.fields.entries()) {
    if (entry.field == &f.version) version = entry.number;
    if (entry.field == &f.opcode) opcode = entry.number;
    if (entry.field == &f.state) state = entry.number;
    if (entry.field == &f.group) group = entry.number;
  }
  const bool is_first = version == wire::kHsrpVersion1;
  // A coup only wants to be active, and its sender's next hello says that it is.
  if (opcode != wire::kHsrpHello || state != (is_first ? wire::kHsrpActive1 : wire::kHsrpActive2)) return;
  observe(is_first ? Kind::hsrp : Kind::hsrp_2, group, sight, teller);
}

void VirtualRouters::observe_glbp(const Sight& sight, Teller& teller) {
  const base::Bytes message = sight.packet.payload(sight.frame);
  if (message.size() <= kGlbpStateAt || message[0] != kGlbpVersion) return;
  if (message[kGlbpHeadBytes] != kGlbpHello || message[kGlbpStateAt] != kGlbpActive) return;
  observe(Kind::glbp, wire::load_u16(message, 2), sight, teller);
}

std::string VirtualRouters::name(const Key& key) {
  constexpr std::array<std::string_view, 5> kNames{"VRRP", "CARP", "HSRP", "HSRPv2", "GLBP"};
  return fmt::format("{} {}{}", kNames[static_cast<std::size_t>(key.kind)], key.group, where(key.segment));
}

void VirtualRouters::observe(Kind kind, std::uint64_t number, const Sight& sight, Teller& teller) {
  const Key key{segment_of(sight.packet), kind, sight.packet.has(wire::Protocol::ipv4), number};
  const Speaker speaker{sight.packet.source_address(), sight.at};
  const auto known = groups_.find(key);
  if (known != groups_.end()) return hear(key, known->second, speaker, teller);
  if (groups_.size() >= kMostGroups) return teller.refuse();
  groups_.emplace(key, Group{speaker, {}, {}});
}

void VirtualRouters::hear(const Key& key, Group& group, const Speaker& speaker, Teller& teller) {
  if (speaker.address == group.current.address) {
    group.current = speaker;
    return;
  }
  const bool again = speaker.address == group.former.address && group.former.heard != base::PacketTime();
  const base::Duration since = speaker.heard - group.moved;
  if (again && !group.shared && since <= kCrossing) return;  // sent before it heard of the other
  if (again && group.shared && speaker.heard - group.former.heard <= kContest) {
    std::swap(group.current, group.former);
    group.current.heard = speaker.heard;
    return;
  }
  const bool both = again && !group.shared && since <= kContest;
  const std::string before = to_string(group.current.address);
  const std::string now = to_string(speaker.address);
  teller.tell(speaker.heard, "virtual_router", name(key), before,
              both ? before + " and " + now + " both speak for it" : now);
  group.former = group.current;
  group.current = speaker;
  group.moved = speaker.heard;
  group.shared = both;
}

}  // namespace holter::changes
