// How late the starts of scheduled probes were. A second Schedule with the same names and the same beginning says
// afterwards when each start was planned; the k-th result of a probe is its k-th start. For probe_load.cc.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "record/probe_plan.h"
#include "schedule/schedule.h"

namespace holter::bench {

class Lateness {
 public:
  // `now` is when the runner took the plan over.
  Lateness(const record::Plan& plan, base::Instant now) : schedule_(now) {
    for (const auto& probe : plan.probes) {
      const auto number = schedule_.add(probe.name, {probe.interval}, now);
      numbers_[probe.name] = number;
      starts_.resize(std::max<std::size_t>(starts_.size(), number + 1));
    }
  }

  void started(const std::string& probe, base::Instant at) { starts_[numbers_.at(probe)].push_back(at); }

  // Sorted; of all starts planned before `end`.
  std::vector<base::Duration> until(base::Instant end) {
    std::vector<base::Duration> late;
    std::vector<std::size_t> taken(starts_.size());
    while (schedule_.next_deadline().value_or(end) < end) {
      for (const auto& start : schedule_.due(*schedule_.next_deadline())) {
        schedule_.finished(start.entry);
        auto& begun = starts_[start.entry];
        std::ranges::sort(begun);
        if (taken[start.entry] < begun.size()) late.push_back(begun[taken[start.entry]++] - start.planned);
      }
    }
    std::ranges::sort(late);
    return late;
  }

 private:
  schedule::Schedule schedule_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::vector<base::Instant>> starts_;
};

}  // namespace holter::bench
