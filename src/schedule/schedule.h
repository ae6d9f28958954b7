// Schedule says when each probe starts. Starts lie on a fixed grid (first start + n x interval), so that a slow probe
// or a late loop never shifts the rest, and first starts are spread so that a thousand probes do not leave at once.
//
// A probe that is still running when its next start comes is not started twice: that start is reported as skipped.
// After a pause (suspend, a stopped loop) missed starts are counted and dropped, never caught up in a burst: the next
// start is the next point of the grid. Pure: takes `now`, one thread; at most kMaxEntries probes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/timer_wheel.h"

namespace holter::schedule {

inline constexpr std::size_t kMaxEntries = 20'000;
// First starts fall within the shorter of this and the interval.
inline constexpr base::Duration kFirstSpread = base::Duration::seconds(1);

struct Start {
  std::uint32_t entry = 0;       // what add() returned
  base::Instant planned;         // the grid point, not when the loop came round to it
  bool skipped = false;          // not started: the one before still runs
  std::uint64_t missed = 0;      // grid points that passed unseen before this one
};

class Schedule {
 public:
  explicit Schedule(base::Instant now);

  // Adds a probe whose place in the spread follows from `name`, the same on every start of the program.
  // `interval` > 0. The number stays valid until remove() and may be given out again after it.
  std::uint32_t add(const std::string& name, base::Duration interval, base::Instant now);
  void remove(std::uint32_t entry);
  std::size_t size() const { return used_; }

  // Every start that is due, in order of its planned time; those not skipped count as running until finished().
  std::vector<Start> due(base::Instant now);
  void finished(std::uint32_t entry);
  std::optional<base::Instant> next_deadline() const { return wheel_.next_deadline(); }

 private:
  struct Entry {
    base::Duration interval;
    base::Instant next;
    bool running = false;
    bool used = false;
  };

  Start start_of(std::uint32_t number, base::Instant now);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
  base::TimerWheel wheel_;
};

}  // namespace holter::schedule
