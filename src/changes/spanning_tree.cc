#include "changes/spanning_tree.h"

#include <fmt/format.h>

#include "wire/link/stp.h"

namespace holter::changes {
namespace {

constexpr std::uint64_t kTopologyChange = 1;  // of an instance's flags
constexpr std::size_t kShownDigestBytes = 4;

}  // namespace

std::string SpanningTree::words(const Bridge& bridge) {
  return fmt::format("{} {}", bridge.priority + bridge.extension, words_of(bridge.mac));
}

std::string SpanningTree::words(const Region& region) {
  std::string text = fmt::format("{} revision {}, VLANs ", region.name, region.revision);
  for (const char byte : region.digest.substr(0, kShownDigestBytes)) {
    text += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
  }
  return text;
}

std::string SpanningTree::whose(const Key& key) {
  if (key.vlan != 0) return fmt::format(" in VLAN {}", key.vlan);
  if (key.region.digest.empty()) return where(key.segment);
  const std::string of = key.instance == 0 ? "" : fmt::format(" of instance {}", key.instance);
  return fmt::format("{} in region {}{}", of, key.region.name, where(key.segment));
}

void SpanningTree::read_instance(const wire::FieldEntry& entry, Instance& instance) {
  const wire::StpFields& f = wire::kStpFields;
  if (entry.field == &f.instance_id) instance.id = instance.root.extension = entry.number;
  if (entry.field == &f.instance_flags) instance.topology_change = (entry.number & kTopologyChange) != 0;
  if (entry.field == &f.instance_root_priority) instance.root.priority = entry.number;
  if (entry.field == &f.instance_root_mac) instance.root.mac = mac_of(entry);
}

SpanningTree::Bpdu SpanningTree::read(const Sight& sight) {
  const wire::StpFields& f = wire::kStpFields;
  Bpdu bpdu;
  Bridge regional_root;  // MSTP has it where others have the sender
  for (const auto& entry : sight.fields.entries()) {
    const auto* field = entry.field;
    if (field == &f.type) {
      bpdu.topology_change = entry.number == static_cast<std::uint8_t>(wire::BpduType::topology_change);
      bpdu.has_tree = !bpdu.topology_change;
    }
    if (field == &f.topology_change) bpdu.topology_change = entry.number != 0;
    if (field == &f.root_priority) bpdu.root.priority = entry.number;
    if (field == &f.root_extension) bpdu.root.extension = entry.number;
    if (field == &f.root_mac) bpdu.root.mac = mac_of(entry);
    if (field == &f.bridge_priority) regional_root.priority = entry.number;
    if (field == &f.bridge_extension) regional_root.extension = entry.number;
    if (field == &f.bridge_mac) regional_root.mac = mac_of(entry);
    if (field == &f.cist_bridge_priority) bpdu.sender.priority = entry.number;
    if (field == &f.cist_bridge_extension) bpdu.sender.extension = entry.number;
    if (field == &f.cist_bridge_mac) bpdu.sender.mac = mac_of(entry);
    if (field == &f.config_name) bpdu.region.name = text_of(entry);
    if (field == &f.config_revision) bpdu.region.revision = entry.number;
    if (field == &f.config_digest) bpdu.region.digest = entry.word();
    if (field == &f.port_id) bpdu.port = entry.number;
    if (field == &f.vlan) bpdu.vlan = entry.number;
    if (entry.mark == wire::FieldEntry::Mark::open && field == &f.instance) bpdu.instances.emplace_back();
    if (!bpdu.instances.empty()) read_instance(entry, bpdu.instances.back());
  }
  if (bpdu.region.digest.empty()) {
    bpdu.sender = regional_root;
  } else {
    bpdu.instances.insert(bpdu.instances.begin(), {0, false, regional_root});
  }
  return bpdu;
}

void SpanningTree::make_room(base::PacketTime now) {
  if (now - cleaned_ < kMinute && now >= cleaned_) return;
  cleaned_ = now;
  const auto is_silent = [now](const auto& entry) { return now - entry.second.seen > kForgetWhenFull; };
  std::erase_if(trees_, is_silent);
  std::erase_if(members_, is_silent);
}

SpanningTree::Tree* SpanningTree::find(const Key& key, base::PacketTime at, Teller& teller) {
  const auto known = trees_.find(key);
  if (known != trees_.end()) return &known->second;
  if (trees_.size() >= kMostTrees) make_room(at);
  if (trees_.size() < kMostTrees) return &trees_[key];
  teller.refuse();
  return nullptr;
}

bool SpanningTree::begins_to_change(Tree& tree, base::PacketTime at) {
  const bool quiet = at - tree.changing > kTopologyQuiet;
  tree.changing = at;
  return quiet && tree.seen != base::PacketTime();
}

void SpanningTree::observe(const Sight& sight, Teller& teller) {
  const Bpdu bpdu = read(sight);
  const Key key{segment_of(sight.packet), bpdu.vlan, {}, 0};
  Tree* const tree = find(key, sight.at, teller);
  if (tree == nullptr) return;
  if (bpdu.topology_change && begins_to_change(*tree, sight.at)) {
    const std::string who = bpdu.has_tree ? fmt::format("bridge {}, port {:#06x}", words(bpdu.sender), bpdu.port)
                                          : "bridge " + words_of(sight.packet.source_mac);
    teller.tell(sight.at, "spanning_tree", "topology" + whose(key), "quiet", "changes, says " + who);
  }
  tree->seen = sight.at;
  if (!bpdu.has_tree) return;
  follow_root(key, "root", *tree, {bpdu.root, bpdu.sender}, sight.at, teller);
  if (bpdu.region.digest.empty()) return;
  observe_region(key.segment, bpdu, sight.at, teller);
  observe_instances(key.segment, bpdu, sight.at, teller);
}

void SpanningTree::observe_region(const Segment& segment, const Bpdu& bpdu, base::PacketTime at, Teller& teller) {
  const auto known = members_.find({segment, bpdu.sender});
  if (known == members_.end()) {
    if (members_.size() >= kMostTrees) make_room(at);
    if (members_.size() >= kMostTrees) return teller.refuse();
    members_.emplace(std::pair(segment, bpdu.sender), Member{bpdu.region, at});
    return;
  }
  Member& member = known->second;
  member.seen = at;
  if (member.region == bpdu.region) return;
  teller.tell(at, "spanning_tree", "region of bridge " + words(bpdu.sender) + where(segment), words(member.region),
              words(bpdu.region));
  member.region = bpdu.region;
}

void SpanningTree::observe_instances(const Segment& segment, const Bpdu& bpdu, base::PacketTime at, Teller& teller) {
  std::string changing;
  for (const Instance& instance : bpdu.instances) {
    const Key key{segment, 0, bpdu.region, instance.id};
    Tree* const tree = find(key, at, teller);
    if (tree == nullptr) return;
    if (instance.topology_change && begins_to_change(*tree, at)) {
      changing += fmt::format("{}{}", changing.empty() ? "" : ", ", instance.id);
    }
    tree->seen = at;
    follow_root(key, "regional root", *tree, {instance.root, bpdu.sender}, at, teller);
  }
  if (changing.empty()) return;
  teller.tell(
      at, "spanning_tree", "topology" + whose({segment, 0, bpdu.region, 0}), "quiet",
      fmt::format("changes in instance {}, says bridge {}, port {:#06x}", changing, words(bpdu.sender), bpdu.port));
}

void SpanningTree::follow_root(const Key& key, const char* subject, Tree& tree, const Claim& claim, base::PacketTime at,
                               Teller& teller) {
  if (!tree.known) {
    tree.known = true;
  } else if (claim.root != tree.root) {
    const bool believed = claim.root < tree.root || claim.sender == tree.told_by || at - tree.heard > kRootAge;
    if (!believed) return;
    const bool itself = claim.sender.mac == claim.root.mac;
    teller.tell(at, "spanning_tree", subject + whose(key), words(tree.root),
                words(claim.root) + (itself ? "" : ", says bridge " + words(claim.sender)));
  } else if (claim.sender != tree.told_by && at - tree.heard <= kRootAge) {
    return;  // another bridge of the segment that agrees
  }
  tree.root = claim.root;
  tree.told_by = claim.sender;
  tree.heard = at;
}

}  // namespace holter::changes
