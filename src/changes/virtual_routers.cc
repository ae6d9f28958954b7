#include "changes/virtual_routers.h"

#include <fmt/format.h>

#include <utility>

namespace holter::changes {
namespace {

constexpr std::size_t kHeadBytes = 4;  // version and type, group, priority, count of addresses
constexpr std::uint8_t kAdvertisement2 = 0x21;
constexpr std::uint8_t kAdvertisement3 = 0x31;

}  // namespace

void VirtualRouters::observe(const Sight& sight, Teller& teller) {
  const base::Bytes message = sight.packet.payload(sight.frame);
  if (message.size() < kHeadBytes) return;
  if (message[0] != kAdvertisement2 && message[0] != kAdvertisement3) return;
  const Key key{segment_of(sight.packet), sight.packet.has(wire::Protocol::ipv4), message[1]};
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
  teller.tell(speaker.heard, "virtual_router", fmt::format("VRRP {}{}", key.group, where(key.segment)), before,
              both ? before + " and " + now + " both speak for it" : now);
  group.former = group.current;
  group.current = speaker;
  group.moved = speaker.heard;
  group.shared = both;
}

}  // namespace holter::changes
