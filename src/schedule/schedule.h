// Schedule says when each probe starts. Starts lie on a fixed grid (an anchor + n x interval), so that a slow probe or
// a late loop never shifts the rest; the anchors are spread over the interval, so that ten thousand probes are an even
// load. The first start is sooner: within a second, or kFirstPerSecond of them a second where there are many; the
// second one is on the grid, half an interval later at least. Jitter delays each start by its own part of it.
//
// A probe that is still running when its next start comes is not started twice, unless it may overlap (then at most
// kMaxOverlap times): that start is reported as skipped.
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
inline constexpr std::int64_t kFirstPerSecond = 2'000;
inline constexpr std::uint32_t kMaxOverlap = 16;

struct Timing {
  base::Duration interval;     // above 0
  base::Duration jitter = {};  // below the interval
  bool overlap = false;
};

struct Start {
  std::uint32_t entry = 0;   // what add() returned
  base::Instant planned;     // with its jitter; not when the loop came round to it
  bool skipped = false;      // not started: the one before still runs
  std::uint64_t missed = 0;  // grid points that passed unseen before this one
};

class Schedule {
 public:
  explicit Schedule(base::Instant now);

  // Adds a probe whose place in the spread, and whose jitter, follow from `name`: the same on every start of the
  // program. The number stays valid until remove() and may be given out again after it.
  std::uint32_t add(const std::string& name, Timing timing, base::Instant now);
  void remove(std::uint32_t entry);
  std::size_t size() const { return used_; }

  // Every start that is due, in order of its planned time; those not skipped count as running until finished().
  std::vector<Start> due(base::Instant now);
  void finished(std::uint32_t entry);
  std::optional<base::Instant> next_deadline() const { return wheel_.next_deadline(); }

 private:
  struct Entry {
    Timing timing;
    std::uint64_t hash = 0;
    base::Instant anchor;
    base::Instant next;  // without its jitter
    std::uint32_t running = 0;
    bool used = false;

    base::Instant jittered(base::Instant point) const;
    base::Instant point_after(base::Instant point) const;
  };

  Start start_of(std::uint32_t number, base::Instant now);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
  base::TimerWheel wheel_;
};

}  // namespace holter::schedule
