#include "env/offload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"

namespace holter::env_linux {
namespace {

using base::Duration;

env::Task<void> note(env::Env env, int number, std::vector<int>* order) {
  auto work = [order, number] {
    order->push_back(number);
    return number;
  };
  EXPECT_EQ(co_await env.offload.run(std::move(work)), number);
}

env::Task<void> note_all(env::Env env, int count, std::vector<int>* order) {
  env::TaskGroup group(env.executor);
  for (int i = 0; i < count; ++i) {
    auto one = note(env, i, order);
    group.spawn(std::move(one));
  }
  co_await group.join();
}

TEST(Offload, RunsInOrderAndResumesEveryCaller) {
  TestLog log;
  auto loop = *Loop::create(log);
  std::vector<int> order;
  loop->run(note_all(loop->env(), 200, &order));
  ASSERT_EQ(order.size(), 200U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

struct Gate {
  std::promise<void> begun;
  std::promise<void> open;
  std::atomic<bool> finished = false;
  std::atomic<bool> second_ran = false;
};

env::Task<void> wait_at(env::Env env, Gate* gate) {
  std::function<void()> work = [gate] {
    gate->begun.set_value();
    gate->open.get_future().wait();
    gate->finished = true;
  };
  co_await env.offload.run_blocking(std::move(work));
}

env::Task<void> run_second(env::Env env, Gate* gate) {
  std::function<void()> work = [gate] { gate->second_ran = true; };
  co_await env.offload.run_blocking(std::move(work));
}

env::Task<void> open_later(env::Env env, Gate* gate) {
  co_await env.clock.sleep_for(Duration::milliseconds(20));
  EXPECT_FALSE(gate->finished);
  gate->open.set_value();
}

env::Task<void> cancel_while_running(env::Env env, Gate* gate) {
  env::TaskGroup group(env.executor);
  env::TaskGroup opener(env.executor);
  auto first = wait_at(env, gate);
  group.spawn(std::move(first));
  auto second = run_second(env, gate);
  group.spawn(std::move(second));
  co_await env.clock.sleep_for(Duration::milliseconds(5));
  gate->begun.get_future().wait();
  auto open = open_later(env, gate);
  opener.spawn(std::move(open));
  co_await group.stop();
  EXPECT_TRUE(gate->finished) << "stop() returned while the work was running";
  co_await opener.join();
}

TEST(Offload, CancelledWorkThatHasBegunIsWaitedForAndOtherWorkIsTakenBack) {
  TestLog log;
  auto loop = *Loop::create(log);
  Gate gate;
  loop->run(cancel_while_running(loop->env(), &gate));
  EXPECT_FALSE(gate.second_ran);
}

TEST(Offload, LoopWaitsForRunningWorkBeforeFramesDie) {
  TestLog log;
  Gate gate;
  auto loop = *Loop::create(log);
  const env::Env env = loop->env();
  {
    env::TaskGroup group(env.executor);
    auto first = wait_at(env, &gate);
    group.spawn(std::move(first));
    auto look = [](env::Env e) -> env::Task<void> { co_await e.clock.sleep_for(Duration::milliseconds(5)); };
    loop->run(look(env));
    gate.begun.get_future().wait();
  }
  std::thread opener([&gate] { gate.open.set_value(); });
  loop.reset();
  EXPECT_TRUE(gate.finished);
  opener.join();
}

}  // namespace
}  // namespace holter::env_linux
