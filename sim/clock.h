// HostClock is the clock of one simulated host: Instant is the world's, WallTime is the world's plus an offset and a
// drift of the host's own, both of which a scenario may change at any moment (a step by NTP, a wrong oscillator). It
// survives crashes; ProcessClock is what a process sees of it and how its coroutines sleep.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>

#include "env/clock.h"
#include "sim/timeline.h"

namespace holter::sim {

// UTC at Timeline::kStart: 2026-01-01T00:00:00Z.
inline constexpr base::WallTime kWallStart = base::WallTime::from_nanoseconds(1'767'225'600'000'000'000);

// What a wall clock without error would show.
base::WallTime true_wall_time(base::Instant at);

class HostClock {
 public:
  explicit HostClock(Timeline& timeline) : timeline_(timeline), drift_since_(timeline.now()) {}

  base::WallTime wall_now() const;
  // Moves the wall clock at once, either way.
  void step(base::Duration by) { offset_ += by; }
  // The machine sleeps and wakes.
  void suspend() { asleep_since_ = timeline_.now(); }
  void resume();
  base::Duration suspended() const { return suspended_; }
  // From now on the wall clock gains (or loses) so many microseconds each second.
  void set_drift_ppm(std::int64_t ppm);

 private:
  base::Duration drifted() const;

  Timeline& timeline_;
  base::Duration offset_;
  std::int64_t drift_ppm_ = 0;
  base::Instant drift_since_;
  std::optional<base::Instant> asleep_since_;
  base::Duration suspended_;
};

class ProcessClock final : public env::Clock {
 public:
  ProcessClock(Timeline& timeline, const HostClock& host, boost::asio::any_io_executor executor)
      : timeline_(timeline), host_(host), executor_(std::move(executor)) {}

  base::Instant now() const override { return timeline_.now(); }
  base::WallTime wall_now() const override { return host_.wall_now(); }
  base::Duration suspended() const override { return host_.suspended(); }
  boost::asio::awaitable<void> sleep_until(base::Instant deadline) override;
  std::unique_ptr<env::Reminder> remind(base::Instant deadline, std::function<void()> then) override;

 private:
  Timeline& timeline_;
  const HostClock& host_;
  boost::asio::any_io_executor executor_;
};

}  // namespace holter::sim
