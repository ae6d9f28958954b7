// SpanningTree follows the roots that the bridges of a segment agree on, and the topology changes that they tell (IEEE
// 802.1Q clause 13 and 14): of the whole network, of each VLAN that has a tree of its own, and with MSTP of each region
// (instance 0) and each of its instances. A better root is believed at once; a worse one when the bridge that told the
// last one says so, or that one has been silent for kRootAge. A topology change is told when there was none for
// kTopologyQuiet; those of several instances that one BPDU tells of are one. A bridge of MSTP that is in another region
// than before (its name, revision or table of VLANs) is told too: what the old region's trees were is not compared with
// the new one's. At most kMostTrees, and as many bridges; those that were silent for kForgetWhenFull make room. Pure;
// one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

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
  struct Region {
    std::string name;
    std::uint64_t revision = 0;
    std::string digest;  // of the table of VLANs; empty: no region

    auto operator<=>(const Region&) const = default;
  };
  struct Instance {
    std::uint64_t id = 0;
    bool topology_change = false;
    Bridge root;
  };
  struct Bpdu {
    std::uint64_t vlan = 0;
    bool has_tree = false;
    bool topology_change = false;
    Bridge root;
    Bridge sender;
    std::uint64_t port = 0;
    Region region;
    std::vector<Instance> instances;  // the region's own first, as 0
  };
  struct Tree {
    Bridge root;
    Bridge told_by;
    base::PacketTime heard;
    base::PacketTime changing;  // last heard of a topology change
    base::PacketTime seen;      // in any BPDU; zero: in none
    bool known = false;         // its root is
  };
  struct Claim {
    Bridge root;
    Bridge sender;
  };
  struct Key {
    Segment segment;
    std::uint64_t vlan = 0;
    Region region;
    std::uint64_t instance = 0;

    auto operator<=>(const Key&) const = default;
  };
  struct Member {
    Region region;
    base::PacketTime seen;
  };

  static std::string words(const Bridge& bridge);
  static std::string words(const Region& region);
  static std::string whose(const Key& key);
  static Bpdu read(const Sight& sight);
  static void read_instance(const wire::FieldEntry& entry, Instance& instance);
  void make_room(base::PacketTime now);
  // Null when there is no room.
  Tree* find(const Key& key, base::PacketTime at, Teller& teller);
  // Whether a topology change begins.
  static bool begins_to_change(Tree& tree, base::PacketTime at);
  static void follow_root(const Key& key, const char* subject, Tree& tree, const Claim& claim, base::PacketTime at,
                          Teller& teller);
  void observe_region(const Segment& segment, const Bpdu& bpdu, base::PacketTime at, Teller& teller);
  void observe_instances(const Segment& segment, const Bpdu& bpdu, base::PacketTime at, Teller& teller);

  std::map<Key, Tree> trees_;
  std::map<std::pair<Segment, Bridge>, Member> members_;  // bridges, and the regions that they are in
  base::PacketTime cleaned_;
};

}  // namespace holter::changes
