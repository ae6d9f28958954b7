#include "sim/fabric.h"

#include <algorithm>

namespace holter::sim {
namespace {

constexpr base::Duration kOwnDelay = base::Duration::microseconds(5);

}  // namespace

bool Fabric::is_cut(HostIndex from, HostIndex to) const {
  const auto link = links_.find({from, to});
  return link != links_.end() && link->second.is_cut;
}

std::vector<base::Instant> Fabric::carry(HostIndex from, HostIndex to) {
  if (from == to) return {timeline_.now() + kOwnDelay};
  Link& link = links_[{from, to}];
  const Faults faults = link.faults.value_or(common_);
  const bool lost = timeline_.random().chance(faults.drop);
  const bool twice = timeline_.random().chance(faults.duplicate);
  if (lost || link.is_cut) return {};
  std::vector<base::Instant> out{arrival(link, faults)};
  if (twice) out.push_back(arrival(link, faults));
  return out;
}

base::Instant Fabric::arrival(Link& link, const Faults& faults) {
  base::Instant when = timeline_.now() + timeline_.random().between(faults.delay_min, faults.delay_max);
  when = std::max(when, link.clogged_until);
  if (!timeline_.random().chance(faults.reorder)) {
    when = std::max(when, link.last_arrival);
    link.last_arrival = when;
  }
  return when;
}

}  // namespace holter::sim
