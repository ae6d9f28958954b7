#include "env/linux/loop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>

#include "env/linux/clock.h"
#include "env/linux/signals.h"
#include "env/linux/test_log.h"
#include "env/linux/thread.h"

namespace holter::env_linux {
namespace {

using base::Duration;

env::Task<void> sleep_and_count(env::Env env, Duration d, int* woken) {
  co_await env.clock.sleep_for(d);
  ++*woken;
}

TEST(Loop, RunsATaskToItsEndAndCanBeRunAgain) {
  TestLog log;
  auto loop = *Loop::create(log);
  int woken = 0;
  loop->run(sleep_and_count(loop->env(), Duration::milliseconds(1), &woken));
  loop->run(sleep_and_count(loop->env(), Duration::milliseconds(1), &woken));
  EXPECT_EQ(woken, 2);
}

TEST(Loop, StopsFromAnotherThread) {
  TestLog log;
  auto loop = *Loop::create(log);
  std::atomic<bool> ended = false;
  {
    const Thread runner("runner", [&] {
      loop->run();
      ended = true;
    });
    loop->stop();
  }
  EXPECT_TRUE(ended);
}

TEST(Loop, DestroysFramesThatStillWait) {
  TestLog log;
  int woken = 0;
  auto loop = *Loop::create(log);
  env::TaskGroup group(loop->env().executor);
  auto long_sleep = sleep_and_count(loop->env(), Duration::hours(1), &woken);
  group.spawn(std::move(long_sleep));
  env::DatagramOptions any_port;
  auto socket = *loop->env().network.open_datagram(any_port);
  loop->run(sleep_and_count(loop->env(), Duration::milliseconds(1), &woken));
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(group.running(), 1U);
}

env::Task<void> run_many_sleepers(env::Env env, int count, int* woken) {
  env::TaskGroup group(env.executor);
  for (int i = 0; i < count; ++i) {
    auto one = sleep_and_count(env, Duration::milliseconds(1 + i % 20), woken);
    group.spawn(std::move(one));
  }
  co_await group.join();
}

TEST(Clock, WakesTenThousandSleepersWithoutMoreDescriptors) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &few);
  TestLog log;
  auto loop = *Loop::create(log);
  int woken = 0;
  loop->run(run_many_sleepers(loop->env(), 10'000, &woken));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(woken, 10'000);
}

env::Task<void> note(env::Env env, Duration d, char name, std::string* order) {
  co_await env.clock.sleep_for(d);
  order->push_back(name);
}

env::Task<void> sleep_in_reverse(env::Env env, std::string* order) {
  env::TaskGroup group(env.executor);
  for (const auto& [name, delay] : {std::pair{'c', 30}, std::pair{'b', 20}, std::pair{'a', 10}}) {
    auto one = note(env, Duration::milliseconds(delay), name, order);
    group.spawn(std::move(one));
  }
  co_await group.join();
}

TEST(Clock, WakesInTheOrderOfDeadlines) {
  TestLog log;
  auto loop = *Loop::create(log);
  std::string order;
  loop->run(sleep_in_reverse(loop->env(), &order));
  EXPECT_EQ(order, "abc");
}

env::Task<base::Result<int>> sleep_long(env::Env env) {
  co_await env.clock.sleep_for(Duration::hours(1));
  co_return 1;
}

env::Task<void> time_out(env::Env env, base::ErrorKind* kind, std::size_t* left) {
  auto slow = sleep_long(env);
  const auto result =
      co_await env::with_deadline(env.clock, env.clock.now() + Duration::milliseconds(5), std::move(slow));
  *kind = result.error().kind;
  *left = static_cast<Clock&>(env.clock).reminders();
}

TEST(Clock, ForgetsCancelledSleepers) {
  TestLog log;
  auto loop = *Loop::create(log);
  auto kind = base::ErrorKind::io;
  std::size_t left = 99;
  loop->run(time_out(loop->env(), &kind, &left));
  EXPECT_EQ(kind, base::ErrorKind::timeout);
  EXPECT_EQ(left, 0U);
}

TEST(Clock, MeasuresOnBoottimeAndTellsUtc) {
  TestLog log;
  auto loop = *Loop::create(log);
  const env::Env env = loop->env();
  EXPECT_LE(env.clock.now(), env.clock.now());
  const auto suspended = env.clock.suspended();
  EXPECT_GE(suspended, base::Duration::zero());
  EXPECT_LT(env.clock.suspended() - suspended, base::Duration::milliseconds(2));
  EXPECT_NEAR(static_cast<double>(env.clock.wall_now().in_nanoseconds()) / 1e9, static_cast<double>(time(nullptr)), 2);
}

env::Task<void> take_signals(Signals* signals, std::vector<int>* got) {
  for (int i = 0; i < 2; ++i) {
    const auto number = co_await signals->next();
    if (number) got->push_back(*number);
  }
}

TEST(Signals, ArriveAsValuesAndAreKeptUntilAskedFor) {
  TestLog log;
  auto loop = *Loop::create(log);
  auto signals = *Signals::create(loop->env().executor, {SIGTSTP, SIGCONT, SIGHUP});
  raise(SIGTSTP);
  raise(SIGHUP);
  std::vector<int> got;
  loop->run(take_signals(signals.get(), &got));
  ASSERT_EQ(got.size(), 2U);
  std::ranges::sort(got);
  EXPECT_EQ(got, (std::vector{SIGHUP, SIGTSTP}));
}

TEST(Frames, AreRefusedWithoutTheBroker) {
  TestLog log;
  auto loop = *Loop::create(log);
  const auto source = loop->env().frames.open(env::FrameOptions());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, base::ErrorKind::permission);
}

TEST(Random, FillsEveryByteAtSomeTime) {
  TestLog log;
  auto loop = *Loop::create(log);
  std::vector<std::uint8_t> first(64);
  std::vector<std::uint8_t> second(64);
  loop->env().random.fill(first);
  loop->env().random.fill(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace holter::env_linux
