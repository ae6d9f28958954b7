// Clock is where time comes from. `env/linux` reads CLOCK_BOOTTIME and CLOCK_REALTIME and sleeps on a BOOTTIME timerfd;
// `sim` jumps to the next event. Nothing else in holter may read a clock.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/time.h"

namespace holter::env {

class Clock {
 public:
  virtual ~Clock() = default;

  virtual base::Instant now() const = 0;
  virtual base::WallTime wall_now() const = 0;
  // How long this machine has been suspended since it was started: the part of now() in which nothing could run.
  virtual base::Duration suspended() const = 0;
  // Resumes at or after `deadline`; at once when it has passed. Cancellation unwinds.
  virtual boost::asio::awaitable<void> sleep_until(base::Instant deadline) = 0;

  boost::asio::awaitable<void> sleep_for(base::Duration d) { return sleep_until(now() + d); }
};

}  // namespace holter::env
