#include "sim/clock.h"

#include "env/task.h"

namespace holter::sim {
namespace {

struct Sleeper {
  explicit Sleeper(boost::asio::any_io_executor executor) : woken(std::move(executor)) {}
  env::Signal woken;
  bool due = false;
};

}  // namespace

base::WallTime true_wall_time(base::Instant at) { return kWallStart + (at - Timeline::kStart); }

base::WallTime HostClock::wall_now() const { return true_wall_time(timeline_.now()) + offset_ + drifted(); }

void HostClock::resume() {
  if (asleep_since_) suspended_ = suspended_ + (timeline_.now() - *asleep_since_);
  asleep_since_.reset();
}

void HostClock::set_drift_ppm(std::int64_t ppm) {
  offset_ += drifted();
  drift_since_ = timeline_.now();
  drift_ppm_ = ppm;
}

base::Duration HostClock::drifted() const {
  return base::Duration::nanoseconds((timeline_.now() - drift_since_).in_microseconds() * drift_ppm_ / 1'000);
}

boost::asio::awaitable<void> ProcessClock::sleep_until(base::Instant deadline) {
  if (deadline <= timeline_.now()) co_return;
  const auto sleeper = std::make_shared<Sleeper>(executor_);
  timeline_.at(deadline, "wake", [weak = std::weak_ptr(sleeper)] {
    const auto awake = weak.lock();
    if (!awake) return;
    awake->due = true;
    awake->woken.notify();
  });
  // A cancelled wait returns too; waiting again is what unwinds.
  while (!sleeper->due) co_await sleeper->woken.wait();
}

}  // namespace holter::sim
