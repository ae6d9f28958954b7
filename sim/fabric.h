// Fabric is what lies between simulated hosts: every ordered pair of hosts is a link that may lose, duplicate, delay
// and reorder packets, be cut (one way or both) or be clogged until some instant. It decides when a packet arrives; it
// does not know what a packet is. A host's way to itself has no faults.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/timeline.h"

namespace holter::sim {

using HostIndex = std::uint32_t;

struct Faults {
  double drop = 0;
  double duplicate = 0;
  double reorder = 0;  // may overtake what was sent before it
  base::Duration delay_min = base::Duration::microseconds(200);
  base::Duration delay_max = base::Duration::milliseconds(1);
};

class Fabric {
 public:
  explicit Fabric(Timeline& timeline) : timeline_(timeline) {}

  // For all links without faults of their own.
  void set_faults(const Faults& faults) { common_ = faults; }
  void set_faults(HostIndex from, HostIndex to, const Faults& faults) { links_[{from, to}].faults = faults; }
  void cut(HostIndex from, HostIndex to) { links_[{from, to}].is_cut = true; }
  void mend(HostIndex from, HostIndex to) { links_[{from, to}].is_cut = false; }
  // Nothing arrives before `until`; it is late, not lost.
  void clog(HostIndex from, HostIndex to, base::Instant until) { links_[{from, to}].clogged_until = until; }
  bool is_cut(HostIndex from, HostIndex to) const;

  // When one packet sent now arrives: never, once, or twice.
  std::vector<base::Instant> carry(HostIndex from, HostIndex to);

 private:
  struct Link {
    std::optional<Faults> faults;
    bool is_cut = false;
    base::Instant clogged_until;
    base::Instant last_arrival;
  };

  base::Instant arrival(Link& link, const Faults& faults);

  Timeline& timeline_;
  Faults common_;
  std::map<std::pair<HostIndex, HostIndex>, Link> links_;
};

}  // namespace holter::sim
