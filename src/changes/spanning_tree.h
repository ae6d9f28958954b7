// SpanningTree follows the root that the bridges of a segment agree on, for each VLAN that has a tree of its own, and
// the topology changes that they tell (IEEE 802.1Q clause 13 and 14). A better root is believed at once; a worse one
// when the bridge that told the last one says so, or that one has been silent for kRootAge. A topology change is told
// when there was none for kTopologyQuiet. At most kMostTrees. Pure; one thread.
#pragma once

#include <map>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

class SpanningTree {
 public:
  void observe(const Sight& sight, Teller& teller);

 private:
  struct Bridge {
    std::uint64_t priority = 0;
    std::uint64_t extension = 0;
    wire::MacAddress mac{};

    auto operator<=>(const Bridge&) const = default;
  };
  struct Bpdu {
    std::uint64_t vlan = 0;
    bool has_tree = false;
    bool topology_change = false;
    Bridge root;
    Bridge sender;
    std::uint64_t port = 0;
  };
  struct Tree {
    Bridge root;
    Bridge told_by;
    base::PacketTime heard;
    base::PacketTime changing;  // last heard of a topology change
    bool known = false;
  };
  struct Key {
    Segment segment;
    std::uint64_t vlan = 0;

    auto operator<=>(const Key&) const = default;
  };

  static std::string words(const Bridge& bridge);
  static Bpdu read(const Sight& sight);
  static void follow_root(const Key& key, Tree& tree, const Bpdu& bpdu, base::PacketTime at, Teller& teller);

  std::map<Key, Tree> trees_;
};

}  // namespace holter::changes
