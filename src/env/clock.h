// Clock is where time comes from. `env/linux` reads CLOCK_BOOTTIME and CLOCK_REALTIME and sleeps on a BOOTTIME timerfd;
// `sim` jumps to the next event. Nothing else in holter may read a clock.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "base/time.h"

namespace holter::env {

// A call that is to come. Destroying it takes it back.
class Reminder {
 public:
  virtual ~Reminder() = default;
};

class Clock {
 public:
  virtual ~Clock() = default;

  virtual base::Instant now() const = 0;
  virtual base::WallTime wall_now() const = 0;
  // How long this machine has been suspended since it was started: the part of now() in which nothing could run.
  virtual base::Duration suspended() const = 0;
  // Resumes at or after `deadline`; at once when it has passed. Cancellation unwinds.
  virtual boost::asio::awaitable<void> sleep_until(base::Instant deadline) = 0;

  // Calls `then` once, at or after `deadline`, from the loop and never from within this call. Cheaper than a sleeper
  // that is cancelled, for what mostly does not come to pass. What is returned does not outlive the loop's frames.
  virtual std::unique_ptr<Reminder> remind(base::Instant deadline, std::function<void()> then) = 0;

  boost::asio::awaitable<void> sleep_for(base::Duration d) { return sleep_until(now() + d); }
};

}  // namespace holter::env
