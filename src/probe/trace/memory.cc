#include "probe/trace/memory.h"

#include <algorithm>
#include <utility>

namespace holter::probe {
namespace {

using record::Hop;
using record::PathEnd;

// So many answers at a hop that had several branches show that one of them is no more: as many as it takes to see that
// there are several, and the flows are the same.
constexpr std::uint32_t kEnoughAnswers = 6;

bool has(const Hop& hop, const base::IpAddress& router) {
  const auto is_it = [&](const record::Branch& branch) { return branch.address == router; };
  return std::ranges::any_of(hop.branches, is_it);
}

bool lost_a_router(const Hop& before, const Hop& now) {
  if (before.shared || now.shared || now.branches.empty()) return false;
  std::uint32_t answers = 0;
  for (const auto& branch : now.branches) answers += branch.answered;
  if (before.branches.size() > 1 && answers < kEnoughAnswers) return false;
  const auto is_gone = [&](const record::Branch& branch) { return !has(now, branch.address); };
  return std::ranges::any_of(before.branches, is_gone);
}

}  // namespace

bool is_other_path(const record::Path& before, const record::Path& now) {
  if (before.end != now.end) return true;
  // Where nobody answers the end, the last to answer may be silent for once.
  const bool has_end = now.end == PathEnd::reached || now.end == PathEnd::unreachable;
  if (has_end && before.hops.size() != now.hops.size()) return true;
  for (std::size_t i = 0; i < std::min(before.hops.size(), now.hops.size()); ++i) {
    if (lost_a_router(before.hops[i], now.hops[i])) return true;
  }
  return false;
}

void PathMemory::note_places(const TraceCourse& course) {
  places_.clear();
  cursor = 0;
  const auto last = static_cast<std::uint8_t>(path_.hops.size());
  for (std::uint16_t flow = 0; flow < kRememberedFlows; ++flow) {
    for (std::uint8_t ttl = 1; ttl <= last; ++ttl) {
      const bool steady = (unsteady_ >> (ttl - 1U) & 1U) == 0;
      const auto router = course.router_of(ttl, flow);
      if (steady && router) places_.push_back({ttl, flow, *router});
    }
  }
}

void PathMemory::replace(const TraceCourse& course) {
  path_ = course.path();
  unsteady_ = 0;
  note_places(course);
}

void PathMemory::confirm(const TraceCourse& course) {
  for (const Place& place : places_) {
    const auto router = course.router_of(place.ttl, place.flow);
    if (router && *router != place.router) unsteady_ |= std::uint64_t{1} << (place.ttl - 1U);
  }
  record::Path before = std::exchange(path_, course.path());
  for (std::size_t i = 0; i < std::min(path_.hops.size(), before.hops.size()); ++i) {
    Hop& known = path_.hops[i];
    for (auto& branch : before.hops[i].branches) {
      if (!has(known, branch.address) && known.branches.size() < record::kMaxBranches) known.branches.push_back(branch);
    }
  }
  note_places(course);
}

}  // namespace holter::probe
