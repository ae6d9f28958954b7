// Timeline is the world's time: a virtual Instant, the events to come in order of (time, sequence), the chance that
// decides between them and the trace of what happened. Every part of the world schedules itself here. An event must
// not own what lives in a simulated process (hold it weakly): processes die before their events.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "sim/random.h"
#include "sim/trace.h"

namespace holter::sim {

class Timeline {
 public:
  // Worlds begin long after boot, so that "an hour ago" is a valid Instant.
  static constexpr base::Instant kStart = base::Instant::from_nanoseconds(1'000'000'000'000'000);

  explicit Timeline(std::uint64_t seed) : random_(seed) {}

  base::Instant now() const { return now_; }
  SeededRandom& random() { return random_; }
  Trace& trace() { return trace_; }
  const Trace& trace() const { return trace_; }

  // `what` is a literal of the simulator and feeds the trace. A time in the past means now.
  void at(base::Instant when, std::string_view what, std::function<void()> action);
  void after(base::Duration delay, std::string_view what, std::function<void()> action) {
    at(now_ + delay, what, std::move(action));
  }

  std::optional<base::Instant> next() const;
  // Jumps to the earliest event and runs it; there must be one.
  void run_next();
  // Time passes without an event; never backwards, never over an event.
  void pass_until(base::Instant when);

 private:
  struct Event {
    std::string_view what;
    std::function<void()> action;
  };

  base::Instant now_ = kStart;
  std::uint64_t sequence_ = 0;
  std::map<std::pair<base::Instant, std::uint64_t>, Event> events_;
  SeededRandom random_;
  Trace trace_;
};

}  // namespace holter::sim
