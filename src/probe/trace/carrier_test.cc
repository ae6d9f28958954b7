#include "probe/trace/carrier.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"
#include "probe/trace/table.h"

namespace holter::probe {
namespace {

using base::Duration;

// Asks so many questions at once, and is over when they are asked, or never.
class Burst final : public TraceWalk {
 public:
  Burst(std::uint32_t questions, bool ends) : questions_(questions), ends_(ends) {}

  std::optional<TraceAsk> next(base::Instant) override {
    if (asked_ == questions_) return std::nullopt;
    return TraceAsk{asked_++, 1, 0};
  }
  void on_answer(const TraceAnswer&, base::Instant) override {}
  void on_unsent(std::uint32_t) override { ++unsent_; }
  bool finished() const override { return ends_ && asked_ == questions_; }
  base::Instant next_deadline() const override { return base::Instant::max(); }
  bool waits_for_room() const override { return false; }
  std::uint32_t unsent() const { return unsent_; }

 private:
  std::uint32_t questions_;
  bool ends_;
  std::uint32_t asked_ = 0;
  std::uint32_t unsent_ = 0;
};

struct Carried {
  std::optional<base::Error> failure;
  std::uint32_t unsent = 0;
  base::Instant ended;
};

env::Task<void> carry(env::Env env, TraceCarrier& carrier, std::uint32_t questions, Duration time, bool ends,
                      Carried* carried) {
  Burst burst(questions, ends);
  auto road = carrier.open(kTarget4, {}).value();
  auto carrying = carrier.carry(std::move(road), burst, env.clock.now() + time);
  auto end = co_await std::move(carrying);
  *carried = {std::move(end.failure), burst.unsent(), env.clock.now()};
}

env::Task<void> carry_both(env::Env env, Duration time_of_first, Carried* first, Carried* second) {
  TraceCarrier carrier(env);
  env::TaskGroup group(env.executor);
  group.spawn(carry(env, carrier, TraceTable::kMaxOut, time_of_first, false, first));
  group.spawn(carry(env, carrier, 1, Duration::seconds(30), true, second));
  co_await group.join();
  co_await carrier.stop();
}

TEST(TraceCarrier, WhoFindsTooManyQuestionsOutWaitsForRoom) {
  constexpr Duration kFirst = Duration::seconds(3);
  ProbeWorld lab;
  lab.world.fabric().set_faults({.drop = 1});
  const base::Instant start = lab.world.now();
  Carried first;
  Carried second;
  lab.agent.boot([&](env::Env env) { return carry_both(env, kFirst, &first, &second); });
  lab.world.run_for(Duration::seconds(60));
  EXPECT_FALSE(first.failure) << first.failure->message;
  EXPECT_EQ(first.ended, start + kFirst);
  EXPECT_FALSE(second.failure) << second.failure->message;
  EXPECT_EQ(second.unsent, 0U);
  EXPECT_GE(second.ended, start + kFirst);
  EXPECT_LE(second.ended, start + kFirst + Duration::seconds(1));
}

}  // namespace
}  // namespace holter::probe
