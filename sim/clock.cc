#include "sim/clock.h"

#include "env/task.h"

namespace holter::sim {
namespace {

struct Sleeper {
  explicit Sleeper(boost::asio::any_io_executor executor) : woken(std::move(executor)) {}
  env::Signal woken;
  bool due = false;
};

// The event holds it weakly: processes die before their events.
class Reminding final : public env::Reminder {
 public:
  explicit Reminding(std::function<void()> then) : then_(std::make_shared<std::function<void()>>(std::move(then))) {}

  std::weak_ptr<std::function<void()>> then() const { return then_; }

 private:
  std::shared_ptr<std::function<void()>> then_;
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

std::unique_ptr<env::Reminder> ProcessClock::remind(base::Instant deadline, std::function<void()> then) {
  auto reminding = std::make_unique<Reminding>(std::move(then));
  timeline_.at(deadline, "wake", [weak = reminding->then()] {
    if (const auto call = weak.lock()) (*call)();
  });
  return reminding;
}

}  // namespace holter::sim
