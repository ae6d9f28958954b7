#include "probe/runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "probe/probe_world_test.h"
#include "sim/seeds.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::Instant;
using record::Outcome;

struct Results : record::Sink {
  void accept(record::Record record) override { all.push_back(std::get<record::ProbeResult>(std::move(record))); }
  std::vector<record::ProbeResult> of(const std::string& name) const {
    std::vector<record::ProbeResult> out;
    for (const auto& result : all) {
      if (result.probe == name) out.push_back(result);
    }
    return out;
  }
  std::size_t count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(all, outcome, &record::ProbeResult::outcome));
  }
  std::vector<record::ProbeResult> all;
};

record::ProbePlan every(Duration interval, const std::string& name, const std::string& target = "192.0.2.2") {
  record::ProbePlan plan;
  plan.name = name;
  plan.target = target;
  plan.interval = interval;
  return plan;
}

struct Agent {
  record::Plan plan;
  Results results;
  Runner* runner = nullptr;  // while the process runs
  bool ended = false;
};

env::Task<void> run_agent(env::Env env, Agent* agent) {
  Runner runner(env, agent->results);
  agent->runner = &runner;
  runner.set_plan(agent->plan);
  co_await runner.run();
  agent->runner = nullptr;
  agent->ended = true;
}

env::Task<void> stop_runner(Runner& runner) { co_await runner.stop(); }

struct Lab {
  explicit Lab(std::uint64_t seed = 1) : probes(Socket::raw, seed) {}
  void boot() {
    probes.agent.boot([this](env::Env env) { return run_agent(env, &agent); });
  }
  sim::World& world() { return probes.world; }
  Agent agent;
  ProbeWorld probes;
};

// In two hours there are more echoes than may be out at one time, so that none that ended may be remembered.
TEST(Runner, AHundredProbesForTwoHoursStayOnTheirGridAndNoneIsLostOrDoubled) {
  Lab lab;
  const Duration interval = Duration::seconds(10);
  const Duration gathered = Duration::milliseconds(2);  // what is late by so little goes out with the next
  for (int i = 0; i < 100; ++i) lab.agent.plan.probes.push_back(every(interval, "p" + std::to_string(i)));
  lab.boot();
  lab.world().run_for(Duration::hours(2) + Duration::milliseconds(999));
  EXPECT_EQ(lab.agent.results.count(Outcome::ok), lab.agent.results.all.size());
  for (const auto& plan : lab.agent.plan.probes) {
    const auto results = lab.agent.results.of(plan.name);
    ASSERT_GE(results.size(), 720U) << plan.name;
    ASSERT_LE(results.size(), 721U) << plan.name;
    for (std::size_t i = 2; i < results.size(); ++i) {  // the first start is sooner than the grid's
      const Duration off = results[i].started_instant - results[i - 1].started_instant - interval;
      ASSERT_LE(off, gathered) << plan.name << ' ' << i;
      ASSERT_GE(off, Duration::zero() - gathered) << plan.name << ' ' << i;
    }
  }
  EXPECT_EQ(lab.world().failure(), "");
}

TEST(Runner, AClockSetBackAnHourAndForwardAYearMovesNoProbeAndFalsifiesNoRtt) {
  Lab lab;
  lab.probes.fixed_delay(Duration::milliseconds(10));
  lab.agent.plan.probes = {every(Duration::seconds(1), "p")};
  lab.boot();
  lab.world().run_for(Duration::seconds(10));
  // In the middle of a round trip, so that the stamps of its two ends are of different times.
  const auto step = [&](Duration by) {
    const Duration half = Duration::milliseconds(10);
    const Instant next = lab.agent.results.all.back().started_instant + Duration::seconds(1) + half;
    lab.world().at(next, [&lab, by] { lab.probes.agent.clock().step(by); });
    lab.world().run_for(Duration::seconds(10));
  };
  step(Duration::zero() - Duration::hours(1));
  step(Duration::hours(24 * 365));
  const auto& all = lab.agent.results.all;
  EXPECT_GE(all.size(), 29U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].outcome, Outcome::ok) << all[i].detail.raw();
    EXPECT_EQ(all[i].rtt, Duration::milliseconds(20)) << i;
    if (i > 0) EXPECT_EQ(all[i].started_instant - all[i - 1].started_instant, Duration::seconds(1)) << i;
  }
  EXPECT_GT(all.back().started - all.front().started, Duration::hours(24 * 364)) << "people see the clock of the host";
}

TEST(Runner, AStartIsSkippedWhileTheOneBeforeRuns) {
  Lab lab;
  lab.probes.world.fabric().set_faults({.drop = 1});
  auto slow = every(Duration::seconds(1), "slow");
  slow.timeout = Duration::milliseconds(2'500);
  lab.agent.plan.probes = {slow};
  lab.boot();
  lab.world().run_for(Duration::seconds(31));
  const auto results = lab.agent.results.of("slow");
  EXPECT_EQ(lab.agent.results.count(Outcome::timeout), 10U);
  EXPECT_NEAR(static_cast<double>(lab.agent.results.count(Outcome::skipped)), 20, 1);
  ASSERT_EQ(results.at(0).outcome, Outcome::skipped);
  EXPECT_EQ(results[0].detail.raw(), "the one before was still running");
  EXPECT_EQ(results[1].outcome, Outcome::skipped);
  EXPECT_EQ(results[2].outcome, Outcome::timeout);
  EXPECT_EQ(results[2].started_instant + Duration::seconds(1), results[0].started_instant);
}

TEST(Runner, ASleepOfTheHostIsOneSkippedResultAndNoBurst) {
  Lab lab;
  lab.agent.plan.probes = {every(Duration::seconds(1), "gateway")};
  lab.boot();
  lab.world().run_for(Duration::seconds(10));
  const auto before = lab.agent.results.all.size();
  const Instant slept = lab.world().now();
  lab.world().suspend(lab.probes.agent);
  lab.world().run_for(Duration::hours(1));
  lab.world().resume(lab.probes.agent);
  const Instant awake = lab.world().now();
  lab.world().run_for(Duration::seconds(10));
  std::vector<record::ProbeResult> after(lab.agent.results.all.begin() + static_cast<std::ptrdiff_t>(before),
                                         lab.agent.results.all.end());
  ASSERT_GE(after.size(), 12U);
  ASSERT_LE(after.size(), 13U);
  EXPECT_EQ(lab.agent.results.count(Outcome::skipped), 1U);
  const auto skipped = std::ranges::find(after, Outcome::skipped, &record::ProbeResult::outcome);
  EXPECT_EQ(skipped->detail.raw(), "3599 starts passed while this host was suspended or busy");
  const auto grid = [](const record::ProbeResult& r) { return r.started_instant.in_nanoseconds() % 1'000'000'000; };
  EXPECT_EQ(grid(after.back()), grid(lab.agent.results.all.front()));
  EXPECT_GE(skipped->started_instant, awake);
  EXPECT_LT(slept, awake);
}

TEST(Runner, AProbeUnderWayWhenTheHostFellAsleepAccusesNobody) {
  Lab lab;
  lab.agent.plan.probes = {every(Duration::seconds(10), "gateway")};
  lab.probes.fixed_delay(Duration::milliseconds(200));
  lab.boot();
  lab.world().run_while_not([&] { return lab.agent.results.all.size() == 2; }, Duration::seconds(16));
  lab.world().run_for(Duration::milliseconds(9'700));
  lab.world().suspend(lab.probes.agent);
  lab.world().run_for(Duration::minutes(1));
  lab.world().resume(lab.probes.agent);
  lab.world().run_for(Duration::seconds(1));
  EXPECT_EQ(lab.agent.results.count(Outcome::timeout), 0U);
  const auto doubted = std::ranges::find_if(lab.agent.results.all, [](const record::ProbeResult& result) {
    return result.detail.raw().starts_with("this host did not look for ");
  });
  ASSERT_NE(doubted, lab.agent.results.all.end());
  EXPECT_EQ(doubted->outcome, Outcome::skipped);
}

TEST(Runner, AChangedPlanKeepsTheGridOfWhatStaysAndEndsTheRest) {
  Lab lab;
  lab.probes.world.fabric().set_faults(lab.probes.target.index(), lab.probes.agent.index(), {.drop = 0});
  auto gone = every(Duration::seconds(1), "gone", "192.0.2.99");
  gone.timeout = Duration::seconds(5);
  const auto stays = every(Duration::seconds(3), "stays");
  lab.agent.plan.probes = {stays, gone, every(Duration::seconds(2), "changes")};
  lab.boot();
  lab.world().run_for(Duration::milliseconds(11'500));
  const auto gone_before = lab.agent.results.of("gone").size();
  const auto skipped_before = lab.agent.results.count(Outcome::skipped);
  EXPECT_GT(skipped_before, 0U);
  lab.world().at(lab.world().now(), [&] {
    record::Plan plan;
    plan.probes = {every(Duration::seconds(4), "changes"), stays, every(Duration::seconds(1), "new")};
    lab.agent.runner->set_plan(plan);
  });
  lab.world().run_for(Duration::seconds(20));
  EXPECT_EQ(lab.agent.results.count(Outcome::skipped), skipped_before) << "a removed probe still speaks";
  EXPECT_LE(lab.agent.results.of("gone").size(), gone_before + 1);
  const auto kept = lab.agent.results.of("stays");
  EXPECT_GE(kept.size(), 10U);
  for (std::size_t i = 2; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].started_instant - kept[i - 1].started_instant, Duration::seconds(3));
  }
  EXPECT_GE(lab.agent.results.of("new").size(), 19U);
  const auto changed = lab.agent.results.of("changes");
  EXPECT_EQ(changed.back().started_instant - changed[changed.size() - 2].started_instant, Duration::seconds(4));
}

TEST(Runner, AProbeThatCannotBeRunHereIsRefusedInTheLog) {
  Lab lab;
  const auto nowhere = every(Duration::seconds(1), "nowhere", "http://192.0.2.2/");
  auto endless = every(Duration::seconds(1), "endless");
  endless.timeout = Duration::max();
  auto no_time = every(Duration::seconds(1), "no-time");
  no_time.timeout = Duration::zero();
  lab.agent.plan.probes = {nowhere,
                           endless,
                           no_time,
                           every(Duration::milliseconds(9), "fast"),
                           every(Duration::seconds(1), "twice"),
                           every(Duration::seconds(2), "twice", "::1")};
  lab.boot();
  lab.world().run_for(Duration::seconds(5));
  EXPECT_EQ(lab.agent.results.of("twice").size(), lab.agent.results.all.size());
  EXPECT_EQ(lab.agent.results.all.size(), 5U);
  EXPECT_EQ(lab.probes.agent.log().count("a probe of the plan is not run here"), 5U);
  EXPECT_EQ(lab.probes.agent.log().count("another probe of the plan has its name"), 1U);
}

TEST(Runner, StopsPromptlyWithProbesUnderWay) {
  Lab lab;
  lab.agent.plan.probes = {every(Duration::seconds(1), "dead", "192.0.2.99")};
  lab.probes.agent.boot([&lab](env::Env env) -> env::Task<void> {
    return [](env::Env e, Agent* agent) -> env::Task<void> {
      Runner runner(e, agent->results);
      runner.set_plan(agent->plan);
      env::TaskGroup tasks(e.executor);
      tasks.spawn(runner.run());
      co_await e.clock.sleep_for(Duration::milliseconds(1'900));
      co_await stop_runner(runner);
      co_await tasks.join();
      agent->ended = true;
    }(env, &lab.agent);
  });
  lab.world().run_for(Duration::milliseconds(1'901));
  EXPECT_TRUE(lab.agent.ended);
  const auto count = lab.agent.results.all.size();
  lab.world().run_for(Duration::seconds(5));
  EXPECT_EQ(lab.agent.results.all.size(), count);
}

TEST(Runner, ACrashInTheMiddleLeavesNothingBehind) {
  Lab lab;
  for (int i = 0; i < 20; ++i) {
    lab.agent.plan.probes.push_back(every(Duration::seconds(1), std::to_string(i), i % 2 == 0 ? "192.0.2.99" : "name"));
  }
  lab.boot();
  for (int i = 0; i < 10; ++i) {
    lab.world().run_for(Duration::milliseconds(1'234));
    lab.world().crash(lab.probes.agent);
    lab.probes.agent.restart();
  }
  lab.world().run_for(Duration::seconds(3));
  EXPECT_GT(lab.agent.results.all.size(), 20U);
}

std::uint64_t stormy_minute(std::uint64_t seed) {
  Lab lab(seed);
  lab.world().internet().add_name("web.example", {kTarget4, kTarget6});
  lab.world().fabric().set_faults(
      {.drop = 0.1, .duplicate = 0.1, .reorder = 0.3, .delay_max = Duration::milliseconds(400)});
  const char* const targets[] = {"192.0.2.2", "2001:db8::2", "web.example", "nowhere.example", "192.0.2.99"};
  for (int i = 0; i < 20; ++i) {
    auto plan = every(Duration::milliseconds(700 + 50 * i), "p" + std::to_string(i), targets[i % 5]);
    if (i % 4 == 3) plan.kind = record::ProbeKind::dns;
    lab.agent.plan.probes.push_back(plan);
  }
  lab.boot();
  lab.world().at(lab.world().now() + Duration::seconds(20), [&] { lab.world().suspend(lab.probes.agent); });
  lab.world().at(lab.world().now() + Duration::seconds(30), [&] { lab.world().resume(lab.probes.agent); });
  lab.world().run_for(Duration::minutes(1));
  EXPECT_EQ(lab.world().failure(), "") << seed;
  EXPECT_GT(lab.agent.results.count(Outcome::ok), 100U) << seed;
  EXPECT_GT(lab.agent.results.count(Outcome::timeout), 10U) << seed;
  return lab.world().trace_hash();
}

TEST(Runner, TheSameSeedTwiceIsTheSameRun) {
  std::uint64_t previous = 0;
  EXPECT_TRUE(sim::for_each_seed(50, [&](sim::World& world) {
    const std::uint64_t hash = stormy_minute(world.seed());
    const bool same = hash == stormy_minute(world.seed()) && hash != previous;
    previous = hash;
    return same;
  }));
}

}  // namespace
}  // namespace holter::probe
