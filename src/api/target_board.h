// TargetBoard holds what the page shows of the probes: the newest result of each, a short history and figures over the
// last minute. Fed with ProbeResult records, whichever agent they came from. Bounded; pure; one thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/json_writer.h"
#include "record/probe_result.h"

namespace holter::api {

inline constexpr std::size_t kMaxTargets = 20'000;
inline constexpr std::size_t kHistoryLength = 120;
inline constexpr base::Duration kTargetWindow = base::Duration::seconds(60);

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
  };

  // False when there is no room for a further target.
  bool apply(const base::AgentId& agent, const record::ProbeResult& result);
  const std::map<Key, Target>& targets() const { return targets_; }

  // The members of docs/api.md's "targets", as an array. `name_of` gives an agent's name where it is known.
  using NameOf = std::function<std::optional<std::string>(const base::AgentId&)>;
  void write_json(base::JsonWriter& json, base::WallTime now, const NameOf& name_of) const;

 private:
  std::map<Key, Target> targets_;
};

// Over results that began within kTargetWindow before `now`. Skipped ones count as not sent.
TargetWindow window_of(const std::deque<TargetBoard::Point>& history, base::WallTime now);

// One element of "results".
void write_result(base::JsonWriter& json, const base::AgentId& agent, const record::ProbeResult& result);

}  // namespace holter::api
