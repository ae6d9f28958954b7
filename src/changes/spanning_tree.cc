#include "changes/spanning_tree.h"

#include <fmt/format.h>

#include "wire/link/stp.h"

namespace holter::changes {
namespace {

std::string whose(const Segment& segment, std::uint64_t vlan) {
  return vlan == 0 ? where(segment) : fmt::format(" in VLAN {}", vlan);
}

}  // namespace

std::string SpanningTree::words(const Bridge& bridge) {
  return fmt::format("{} {}", bridge.priority + bridge.extension, words_of(bridge.mac));
}

SpanningTree::Bpdu SpanningTree::read(const Sight& sight) {
  const wire::StpFields& f = wire::kStpFields;
  Bpdu bpdu;
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
    if (field == &f.bridge_priority) bpdu.sender.priority = entry.number;
    if (field == &f.bridge_extension) bpdu.sender.extension = entry.number;
    if (field == &f.bridge_mac) bpdu.sender.mac = mac_of(entry);
    if (field == &f.port_id) bpdu.port = entry.number;
    if (field == &f.vlan) bpdu.vlan = entry.number;
  }
  return bpdu;
}

void SpanningTree::observe(const Sight& sight, Teller& teller) {
  const Bpdu bpdu = read(sight);
  const Key key{segment_of(sight.packet), bpdu.vlan};
  if (!trees_.contains(key) && trees_.size() >= kMostTrees) return teller.refuse();
  const auto [found, is_new] = trees_.try_emplace(key);
  Tree& tree = found->second;
  if (bpdu.topology_change) {
    const bool quiet = sight.at - tree.changing > kTopologyQuiet;
    tree.changing = sight.at;
    if (quiet && !is_new) {
      const std::string who = bpdu.has_tree ? fmt::format("bridge {}, port {:#06x}", words(bpdu.sender), bpdu.port)
                                            : "bridge " + words_of(sight.packet.source_mac);
      teller.tell(sight.at, "spanning_tree", "topology" + whose(key.segment, key.vlan), "quiet",
                  "changes, says " + who);
    }
  }
  if (bpdu.has_tree) follow_root(key, tree, bpdu, sight.at, teller);
}

void SpanningTree::follow_root(const Key& key, Tree& tree, const Bpdu& bpdu, base::PacketTime at, Teller& teller) {
  if (!tree.known) {
    tree.known = true;
  } else if (bpdu.root != tree.root) {
    const bool believed = bpdu.root < tree.root || bpdu.sender == tree.told_by || at - tree.heard > kRootAge;
    if (!believed) return;
    teller.tell(at, "spanning_tree", "root" + whose(key.segment, key.vlan), words(tree.root),
                words(bpdu.root) + (bpdu.sender == bpdu.root ? "" : ", says bridge " + words(bpdu.sender)));
  } else if (bpdu.sender != tree.told_by && at - tree.heard <= kRootAge) {
    return;  // another bridge of the segment that agrees
  }
  tree.root = bpdu.root;
  tree.told_by = bpdu.sender;
  tree.heard = at;
}

}  // namespace holter::changes
