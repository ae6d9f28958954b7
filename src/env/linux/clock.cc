#include "env/linux/clock.h"

#include <sys/timerfd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <ctime>
#include <set>

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

// A timer that never fires by itself; cancelling it resumes the sleeper. The frames of all sleepers are thus owned by
// the loop's io_context and by nothing else.
struct Sleeper {
  Sleeper(const asio::any_io_executor& executor, base::Instant d, std::uint64_t n)
      : wake(executor, asio::steady_timer::time_point::max()), deadline(d), order(n) {}
  asio::steady_timer wake;
  base::Instant deadline;
  std::uint64_t order;
  bool fired = false;
};

struct Earlier {
  bool operator()(const Sleeper* a, const Sleeper* b) const {
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
  }
};

}  // namespace

class Clock::Sleepers {
 public:
  Sleepers(asio::any_io_executor executor, int timer_fd) : executor_(std::move(executor)), timer_fd_(timer_fd) {}

  const asio::any_io_executor& executor() const { return executor_; }
  std::uint64_t next_order() { return order_++; }
  std::size_t size() const { return waiting_.size(); }

  void add(Sleeper& sleeper) {
    waiting_.insert(&sleeper);
    // A timer armed for a sleeper that went away fires once for nothing: cheaper than a system call for each one.
    if (sleeper.deadline < armed_) arm(sleeper.deadline);
  }
  void remove(Sleeper& sleeper) { waiting_.erase(&sleeper); }

  void expire() {
    armed_ = base::Instant::max();
    const base::Instant now = boot_now();
    while (!waiting_.empty() && (*waiting_.begin())->deadline <= now) {
      Sleeper& due = **waiting_.begin();
      waiting_.erase(waiting_.begin());
      due.fired = true;
      due.wake.cancel();
    }
    if (!waiting_.empty()) arm((*waiting_.begin())->deadline);
  }

 private:
  void arm(base::Instant deadline) {
    const std::int64_t ns = deadline.in_nanoseconds();
    itimerspec when{};
    when.it_value.tv_sec = ns / 1'000'000'000;
    when.it_value.tv_nsec = ns % 1'000'000'000;
    HOLTER_ASSERT(timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr) == 0);
    armed_ = deadline;
  }

  asio::any_io_executor executor_;
  int timer_fd_;  // owned by the task that waits for it
  base::Instant armed_ = base::Instant::max();
  std::set<Sleeper*, Earlier> waiting_;
  std::uint64_t order_ = 0;
};

namespace {

// Unregisters a sleeper whose task was cancelled or destroyed.
class Registration {
 public:
  Registration(Clock::Sleepers& all, Sleeper& one) : all_(all), one_(one) { all_.add(one_); }
  ~Registration() {
    if (!one_.fired) all_.remove(one_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  Clock::Sleepers& all_;
  Sleeper& one_;
};

env::Task<void> expire_when_due(Clock::Sleepers& sleepers, asio::posix::stream_descriptor timer) {
  for (;;) {
    boost::system::error_code failure;
    co_await timer.async_wait(asio::posix::descriptor_base::wait_read,
                              asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return;
    std::uint64_t expirations = 0;
    const ssize_t got = ::read(timer.native_handle(), &expirations, sizeof expirations);
    if (got == sizeof expirations) sleepers.expire();
  }
}

}  // namespace

base::Result<std::unique_ptr<Clock>> Clock::create(const asio::any_io_executor& executor) {
  UniqueFd fd(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd) return os_error("cannot make a timer", errno);
  auto sleepers = std::make_unique<Sleepers>(executor, fd.get());
  asio::posix::stream_descriptor timer(executor);
  boost::system::error_code failure;
  timer.assign(fd.get(), failure);
  if (failure) return os_error("cannot wait for a timer", failure.value());
  fd.release();
  asio::co_spawn(executor, expire_when_due(*sleepers, std::move(timer)), asio::detached);
  return std::unique_ptr<Clock>(new Clock(std::move(sleepers)));
}

Clock::Clock(std::unique_ptr<Sleepers> sleepers) : sleepers_(std::move(sleepers)) {}
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

env::Task<void> Clock::sleep_until(base::Instant deadline) {
  if (deadline <= boot_now()) co_return;
  Sleeper sleeper(sleepers_->executor(), deadline, sleepers_->next_order());
  const Registration registration(*sleepers_, sleeper);
  while (!sleeper.fired) {
    boost::system::error_code woken;
    co_await sleeper.wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_await unwind_if_cancelled();
  }
}

std::size_t Clock::sleepers() const { return sleepers_->size(); }

}  // namespace holter::env_linux
