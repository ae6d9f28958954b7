// Clock of the real world: now() is CLOCK_BOOTTIME, wall_now() is CLOCK_REALTIME. All reminders of a loop, and sleepers
// are among them, share one BOOTTIME timerfd, armed for the earliest, so that ten thousand cost one descriptor and an
// idle loop is never woken. BOOTTIME counts while the machine is suspended: a deadline that passed in the meantime
// fires on resume; suspended() is how far it is ahead of MONOTONIC. Reading from any thread, sleeping on the loop's.
#pragma once

#include <cstdint>
#include <memory>

#include "env/clock.h"
#include "env/task.h"

namespace holter::env_linux {

class Clock final : public env::Clock {
 public:
  // The timer's descriptor lives in a task on `executor`, so it dies with the loop's frames, before this object.
  static base::Result<std::unique_ptr<Clock>> create(const boost::asio::any_io_executor& executor);
  ~Clock() override;

  base::Instant now() const override;
  base::WallTime wall_now() const override;
  base::Duration suspended() const override;
  env::Task<void> sleep_until(base::Instant deadline) override;
  std::unique_ptr<env::Reminder> remind(base::Instant deadline, std::function<void()> then) override;

  std::size_t reminders() const;

  class Reminders;

 private:
  explicit Clock(std::unique_ptr<Reminders> reminders);

  std::unique_ptr<Reminders> reminders_;
};

}  // namespace holter::env_linux
