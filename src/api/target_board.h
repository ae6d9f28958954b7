// TargetBoard holds what the page shows of the probes: the newest result of each, a short history and figures over the
// last minute; and what is planned and has not answered yet. Fed with ProbeResult records, whichever agent they came
// from. Bounded; pure; one thread.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/record_json.h"
#include "base/id.h"
#include "record/probe_plan.h"

namespace holter::api {

inline constexpr std::size_t kMaxTargets = 20'000;
inline constexpr std::size_t kHistoryLength = 120;
inline constexpr base::Duration kTargetWindow = base::Duration::seconds(60);

inline constexpr std::size_t kOutcomes = static_cast<std::size_t>(record::Outcome::unexpected) + 1;

struct TargetWindow {
  std::size_t sent = 0;
  std::size_t ok = 0;
  std::optional<double> loss_ratio;  // nothing sent: unknown
  std::optional<base::Duration> rtt_min;
  std::optional<base::Duration> rtt_median;
  std::optional<base::Duration> rtt_max;
};

class TargetBoard {
 public:
  using Key = std::pair<base::AgentId, std::string>;
  // What is kept of a result once a newer one came.
  struct Point {
    base::WallTime started;
    record::Outcome outcome = record::Outcome::ok;
    std::optional<base::Duration> rtt;
  };
  struct Target {
    record::ProbeResult last;
    std::deque<Point> history;  // oldest first, at most kHistoryLength
    std::array<std::uint64_t, kOutcomes> outcomes{};  // how many of each, since the start
  };

  // False when there is no room for a further target.
  bool apply(const base::AgentId& agent, const record::ProbeResult& result);
  const std::map<Key, Target>& targets() const { return targets_; }

  // What these agents are to measure: a target that has not answered yet is listed too, with its interval and labels;
  // one that is no longer planned is forgotten.
  void set_plan(record::Plan plan);

  // The members of docs/api.md's "targets", as an array: of what there are results of, and of what each of `planned`
  // is to measure.
  void write_json(base::JsonWriter& json, base::WallTime now, const std::vector<base::AgentId>& planned,
                  const NameOf& name_of) const;

 private:
  void write_planned(base::JsonWriter& json, const base::AgentId& agent, const NameOf& name_of,
                     std::size_t& room) const;

  std::map<Key, Target> targets_;
  std::optional<std::map<std::string, record::ProbePlan>> plan_;  // by name
};

// Over results that began within kTargetWindow before `now`. Skipped ones count as not sent.
TargetWindow window_of(const std::deque<TargetBoard::Point>& history, base::WallTime now);

}  // namespace holter::api
