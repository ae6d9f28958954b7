#include "probe/run_packets.h"

#include <algorithm>

#include "record/probe_plan.h"

namespace holter::probe {
namespace {

constexpr base::Duration kForgotten = record::kMaxProbeTimeout + base::Duration::seconds(10);
// The kernel's counts are read each second: what they say may have been before.
constexpr base::Duration kLossDoubt = base::Duration::seconds(2);
constexpr std::size_t kMostNames = 131'072;

}  // namespace

bool RunPackets::announced(std::uint64_t run, bool awaited, base::Instant now) {
  expire(now);
  const auto known = runs_.find(run);
  if (known == runs_.end() && runs_.size() >= kMaxRuns) return false;
  Run& of = known == runs_.end() ? runs_.try_emplace(run, Run{now + kForgotten}).first->second : known->second;
  if (awaited) ++of.awaited;
  return true;
}

// In the order of their numbers runs begin, and are forgotten.
void RunPackets::expire(base::Instant now) {
  while (!runs_.empty() && runs_.begin()->second.forget_at <= now) erase(runs_.begin());
}

RunPackets::Runs::iterator RunPackets::erase(Runs::iterator run) {
  if (run->second.key) by_start_.erase(*run->second.key);
  if (run->second.result) held_.erase({run->second.held_until, run->first});
  return runs_.erase(run);
}

void RunPackets::ended(std::uint64_t run, const std::string& probe, base::Instant started) {
  const auto known = runs_.find(run);
  if (known == runs_.end()) return;
  known->second.key.emplace(started, probe);
  by_start_[*known->second.key] = run;
}

void RunPackets::see(const record::ProbeSightings& sightings, base::Instant now) {
  if (sightings.lost) lost_at_[sightings.interface] = now;
  for (const auto& sighting : sightings.seen) {
    const auto known = runs_.find(sighting.run);
    if (known == runs_.end()) continue;
    Run& run = known->second;
    if (run.interface.empty()) run.interface = sightings.interface;
    if (run.interface != sightings.interface) continue;
    Seen& seen = run.seen[sighting.place];
    const bool answered_now = sighting.came && !seen.came;
    seen = {sighting.left, sighting.came};
    if (answered_now) ++run.answered;
    if (answered_now && run.complete() && run.result) complete_.push_back(known->first);
  }
}

std::optional<record::ProbeResult> RunPackets::hold(record::ProbeResult result, base::Instant now) {
  const auto found = by_start_.find({result.started_instant, result.probe});
  if (found == by_start_.end()) return result;
  const auto known = runs_.find(found->second);
  Run& run = known->second;
  run.result = std::move(result);
  run.held_until = now + kSettled;
  held_.insert({run.held_until, known->first});
  if (run.complete() || goes_elsewhere(run.result->probe)) return release(known);
  return std::nullopt;
}

bool RunPackets::goes_elsewhere(const std::string& probe) const {
  const auto unseen = unseen_.find(probe);
  return unseen != unseen_.end() && unseen->second >= kElsewhere && unseen->second % kLookAgain != 0;
}

std::vector<record::ProbeResult> RunPackets::take(base::Instant now) {
  std::vector<record::ProbeResult> taken;
  for (const std::uint64_t number : std::exchange(complete_, {})) {
    const auto known = runs_.find(number);
    if (known != runs_.end()) taken.push_back(release(known));
  }
  while (!held_.empty() && held_.begin()->first <= now) {
    taken.push_back(release(runs_.find(held_.begin()->second)));
  }
  return taken;
}

std::optional<base::Instant> RunPackets::next_deadline() const {
  if (!complete_.empty()) return base::Instant();
  if (held_.empty()) return std::nullopt;
  return held_.begin()->first;
}

record::ProbeResult RunPackets::release(Runs::iterator known) {
  tell(known->second);
  auto result = std::move(*known->second.result);
  erase(known);
  return result;
}

bool RunPackets::lost_since(const std::string& interface, base::Instant since) const {
  const auto at = lost_at_.find(interface);
  return at != lost_at_.end() && at->second + kLossDoubt >= since;
}

void RunPackets::tell(Run& run) {
  auto& result = *run.result;
  const bool failed = result.outcome != record::Outcome::ok;
  const auto note = [&](const std::string& text) {
    if (failed)
      add_line(result.transcript, run.held_until - kSettled - result.started_instant, record::Direction::noted, text);
  };
  if (run.seen.empty()) {
    if (unseen_.size() >= kMostNames) unseen_.clear();
    ++unseen_[result.probe];
    const auto used = used_to_leave_.find(result.probe);
    if (used == used_to_leave_.end()) return;
    // It was answered: its packets go another way now.
    if (!failed) return void(used_to_leave_.erase(used));
    if (lost_since(used->second, result.started_instant)) return;
    add_fact(result.facts, "wire", base::UntrustedText("unsent"));
    return note("the capture saw none of its packets leave " + used->second);
  }
  if (used_to_leave_.size() >= kMostNames) used_to_leave_.clear();
  used_to_leave_[result.probe] = run.interface;
  unseen_.erase(result.probe);
  const bool doubtful = run.answered == 0 && lost_since(run.interface, result.started_instant);
  if (!doubtful) add_fact(result.facts, "wire", base::UntrustedText(run.answered == 0 ? "unanswered" : "answered"));
  add_fact(result.facts, "wire_interface", base::UntrustedText(run.interface));
  auto first = base::PacketTime::max();
  for (const auto& [place, seen] : run.seen) first = std::min(first, seen.left);
  const base::Duration sent = as_wall_time(first) - result.started;
  if (sent >= base::Duration::zero()) add_fact(result.facts, "wire_sent", sent);
  std::size_t told = 0;
  for (const auto& [place, seen] : run.seen) {
    if (!seen.came || *seen.came < seen.left || ++told > kMostWireTimes) continue;
    add_fact(result.facts, "wire_rtt", *seen.came - seen.left);
  }
  const std::string at = "on " + run.interface + " the capture saw it leave";
  if (run.answered == 0 && !doubtful) note(at + ", and no answer");
  if (run.answered != 0) note(at + ", and something come back");
}

}  // namespace holter::probe
