#include "env/linux/clock.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <ctime>
#include <map>
#include <optional>

#include "base/assert.h"
#include "env/linux/cancellation.h"
#include "env/linux/os_error.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

constexpr std::int64_t kOneMoment = 1'000'000;  // ns: two readings within it are as good as one
constexpr int kReadings = 8;

std::int64_t read_clock(clockid_t id) {
  timespec t{};
  HOLTER_ASSERT(clock_gettime(id, &t) == 0);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

base::Instant boot_now() { return base::Instant::from_nanoseconds(read_clock(CLOCK_BOOTTIME)); }

}  // namespace

class Clock::Reminders {
 public:
  using Waiting = std::multimap<base::Instant, std::function<void()>>;

  Reminders(asio::any_io_executor executor, int timer_fd) : executor_(std::move(executor)), timer_fd_(timer_fd) {}

  const asio::any_io_executor& executor() const { return executor_; }
  std::size_t size() const { return waiting_.size(); }

  Waiting::iterator add(base::Instant deadline, std::function<void()> then) {
    // A timer armed for one that was taken back fires once for nothing: cheaper than a system call for each one.
    if (deadline < armed_) arm(deadline);
    return waiting_.emplace(deadline, std::move(then));
  }
  void remove(Waiting::iterator one) { waiting_.erase(one); }

  void expire() {
    armed_ = base::Instant::max();
    const base::Instant now = boot_now();
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
      const auto due = waiting_.extract(waiting_.begin());
      due.mapped()();
    }
    if (!waiting_.empty()) arm(waiting_.begin()->first);
  }

 private:
  void arm(base::Instant deadline) {
    const std::int64_t ns = std::max<std::int64_t>(deadline.in_nanoseconds(), 1);  // 0 would disarm it
    itimerspec when{};
    when.it_value.tv_sec = ns / 1'000'000'000;
    when.it_value.tv_nsec = ns % 1'000'000'000;
    HOLTER_ASSERT(timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr) == 0);
    armed_ = deadline;
  }

  asio::any_io_executor executor_;
  int timer_fd_;  // owned by the task that waits for it
  base::Instant armed_ = base::Instant::max();
  Waiting waiting_;
};

namespace {

class Reminder final : public env::Reminder {
 public:
  Reminder(Clock::Reminders& all, base::Instant deadline, std::function<void()> then) : all_(all) {
    place_ = all_.add(deadline, [this, then = std::move(then)] {
      place_.reset();
      then();
    });
  }
  ~Reminder() override {
    if (place_) all_.remove(*place_);
  }
  bool is_over() const { return !place_; }

 private:
  Clock::Reminders& all_;
  std::optional<Clock::Reminders::Waiting::iterator> place_;  // empty: it was called
};

env::Task<void> expire_when_due(Clock::Reminders& reminders, asio::posix::stream_descriptor timer) {
  for (;;) {
    boost::system::error_code failure;
    co_await timer.async_wait(asio::posix::descriptor_base::wait_read,
                              asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return;
    std::uint64_t expirations = 0;
    const ssize_t got = ::read(timer.native_handle(), &expirations, sizeof expirations);
    if (got == sizeof expirations) reminders.expire();
  }
}

}  // namespace

base::Result<std::unique_ptr<Clock>> Clock::create(const asio::any_io_executor& executor) {
  UniqueFd fd(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd) return os_error("cannot make a timer", errno);
  auto reminders = std::make_unique<Reminders>(executor, fd.get());
  asio::posix::stream_descriptor timer(executor);
  boost::system::error_code failure;
  timer.assign(fd.get(), failure);
  if (failure) return os_error("cannot wait for a timer", failure.value());
  fd.release();
  asio::co_spawn(executor, expire_when_due(*reminders, std::move(timer)), asio::detached);
  return std::unique_ptr<Clock>(new Clock(std::move(reminders)));
}

Clock::Clock(std::unique_ptr<Reminders> reminders) : reminders_(std::move(reminders)) {}
Clock::~Clock() = default;

base::Instant Clock::now() const { return boot_now(); }

base::WallTime Clock::wall_now() const { return base::WallTime::from_nanoseconds(read_clock(CLOCK_REALTIME)); }

// The two clocks are not read at once, and anything may pass between: what lies between two close readings counts.
base::Duration Clock::suspended() const {
  std::int64_t difference = 0;
  for (int reading = 0; reading < kReadings; ++reading) {
    const std::int64_t before = read_clock(CLOCK_MONOTONIC);
    difference = read_clock(CLOCK_BOOTTIME) - before;
    if (read_clock(CLOCK_MONOTONIC) - before < kOneMoment) break;
  }
  return base::Duration::nanoseconds(difference);
}

// A timer that never fires by itself; cancelling it resumes the sleeper. The frames of all sleepers are thus owned by
// the loop's io_context and by nothing else.
env::Task<void> Clock::sleep_until(base::Instant deadline) {
  if (deadline <= boot_now()) co_return;
  asio::steady_timer wake(reminders_->executor(), asio::steady_timer::time_point::max());
  const Reminder reminder(*reminders_, deadline, [&wake] { wake.cancel(); });
  while (!reminder.is_over()) {
    boost::system::error_code woken;
    co_await wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_await unwind_if_cancelled();
  }
}

std::unique_ptr<env::Reminder> Clock::remind(base::Instant deadline, std::function<void()> then) {
  return std::make_unique<Reminder>(*reminders_, deadline, std::move(then));
}

std::size_t Clock::reminders() const { return reminders_->size(); }

}  // namespace holter::env_linux
