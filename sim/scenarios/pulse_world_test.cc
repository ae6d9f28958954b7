// The detector's promises over thousands of sessions, with nothing between it and the weather. HOLTER_SEED repeats one.
#include "sim/scenarios/pulse_world.h"

#include <gtest/gtest.h>

#include "sim/seeds.h"

namespace holter::sim {
namespace {

using base::Duration;
using record::SessionState;

constexpr Duration kYear = Duration::hours(24 * 365);

TEST(PulseWorld, ACalmWorldHasNoDowns) {
  for (const bool adaptive : {false, true}) {
    PulseWorld world({.sessions = 100, .adaptive = adaptive});
    world.run_for(Duration::hours(1));
    EXPECT_EQ(world.judge().verdict(), "");
    EXPECT_EQ(world.judge().downs(), 0U);
  }
}

// The figures of a day are in docs/benchmarks.md; here 20 minutes, with their share.
TEST(PulseWorld, LossOfAFifth) {
  std::uint64_t fixed = 0;
  for (const bool adaptive : {false, true}) {
    PulseWorld world({.sessions = 1'000, .weather = {.loss = 0.2}, .adaptive = adaptive});
    world.run_for(Duration::minutes(20));
    EXPECT_EQ(world.judge().verdict(), "");
    if (!adaptive) fixed = world.judge().false_downs();
    if (adaptive) EXPECT_LE(world.judge().false_downs(), fixed / 10);
  }
  EXPECT_NEAR(static_cast<double>(fixed), 22'118.0 / 72, 80) << "a run of five begins with 0.8 * 0.2^5";
}

TEST(PulseWorld, TheDeadAreDeclaredInTime) {
  for (const bool adaptive : {false, true}) {
    PulseWorld world({.sessions = 500, .weather = {.loss = 0.05, .burst = 2}, .adaptive = adaptive, .asks = 3});
    world.run_for(Duration::minutes(30));
    for (PulseWorld::Number beacon = 0; beacon < 500; beacon += 2) world.kill(beacon);
    world.run_for(Duration::seconds(14));
    EXPECT_EQ(world.judge().verdict(), "");
    EXPECT_GE(world.judge().downs(), 250U);
    for (PulseWorld::Number beacon = 0; beacon < 500; beacon += 2) {
      EXPECT_EQ(world.status(beacon).state, SessionState::down);
    }
  }
}

TEST(PulseWorld, AWayThatIsCutOneWayOnly) {
  PulseWorld world({.sessions = 90, .asks = 3});
  world.run_for(Duration::minutes(1));
  for (PulseWorld::Number beacon = 0; beacon < 60; ++beacon) world.cut(beacon, beacon < 30, beacon >= 30);
  world.run_for(Duration::minutes(1));
  EXPECT_EQ(world.judge().downs(), 30U) << "who is heard is up, whether or not it hears";
  EXPECT_EQ(world.judge().false_downs(), 0U);
  for (PulseWorld::Number beacon = 0; beacon < 60; ++beacon) world.cut(beacon, false, false);
  world.run_for(Duration::seconds(2));
  for (PulseWorld::Number beacon = 0; beacon < 90; ++beacon) EXPECT_EQ(world.status(beacon).state, SessionState::up);
  EXPECT_EQ(world.judge().verdict(), "");
}

TEST(PulseWorld, WallClockStepsAreNothing) {
  PulseWorld world({.sessions = 100, .adaptive = true});
  for (int i = 0; i < 60; ++i) {
    world.step_wall_clock(i % 3 == 0 ? kYear : i % 3 == 1 ? Duration::seconds(-2) : Duration::zero() - kYear);
    world.run_for(Duration::seconds(20));
  }
  EXPECT_EQ(world.judge().verdict(), "");
  EXPECT_EQ(world.judge().downs(), 0U);
}

TEST(PulseWorld, AnObserverThatWasAwayJudgesNobodyByThatTime) {
  for (const bool adaptive : {false, true}) {
    PulseWorld world({.sessions = 50, .adaptive = adaptive});
    world.run_for(Duration::minutes(20));
    for (const Duration away : {Duration::milliseconds(400), Duration::seconds(1), Duration::seconds(30),
                                Duration::seconds(4), Duration::hours(1)}) {
      world.be_away(away);
      world.run_for(away + Duration::minutes(1));
      if (away < Duration::seconds(1)) continue;  // too short to be noticed: what a sleep loses then is loss
      world.be_away(away, true);
      world.run_for(away + Duration::minutes(1));
    }
    EXPECT_EQ(world.judge().downs(), 0U);
    EXPECT_EQ(world.judge().verdict(), "");
    EXPECT_LE(world.status(7).detection_time, Duration::seconds(5)) << "nor takes it for loss";
  }
}

TEST(PulseWorld, ARestartOfTheHubForgetsNobody) {
  PulseWorld world({.sessions = 300});
  world.run_for(Duration::minutes(1));
  for (PulseWorld::Number beacon = 0; beacon < 100; ++beacon) world.kill(beacon);
  world.run_for(Duration::seconds(20));
  for (PulseWorld::Number beacon = 100; beacon < 200; ++beacon) world.kill(beacon);
  world.restart_hub();
  EXPECT_EQ(world.table().size(), 300U);
  world.run_for(Duration::milliseconds(4'900));
  EXPECT_EQ(world.judge().downs(), 100U);
  EXPECT_EQ(world.status(150).state, SessionState::init);
  world.run_for(Duration::milliseconds(200));
  EXPECT_EQ(world.judge().downs(), 200U);
  EXPECT_EQ(world.judge().false_downs(), 0U);
  EXPECT_EQ(world.judge().verdict(), "");
}

// Everything at once, from a seed.
PulseWorldOptions any_options(SeededRandom random, std::uint64_t seed) {
  PulseWorldOptions options;
  options.sessions = 40;
  options.seed = seed;
  options.adaptive = random.chance(0.5);
  options.asks = static_cast<std::uint8_t>(random.below(4));
  options.duplicates = random.unit() * 0.2;
  options.pace = {Duration::milliseconds(100) * static_cast<std::int64_t>(1 + random.below(20)),
                  static_cast<std::uint32_t>(1 + random.below(6))};
  options.weather.jitter = options.pace.interval * static_cast<std::int64_t>(random.below(3)) / 2;
  options.weather.loss = random.unit() * 0.25;
  options.weather.burst = 1 + random.unit() * 3;
  return options;
}

void anything(PulseWorld& world) {
  const auto beacon = static_cast<PulseWorld::Number>(world.random().below(40));
  switch (world.random().below(10)) {
    case 0: world.kill(beacon); break;
    case 1:
    case 2: world.restart(beacon); break;
    case 3: world.cut(beacon, world.random().chance(0.5), world.random().chance(0.5)); break;
    case 4: world.cut(beacon, false, false); break;
    case 5: world.move(beacon); break;
    case 6: world.double_up(beacon); break;
    case 7: {
      const bool sleeps = world.random().chance(0.5);
      world.be_away(world.random().between(Duration::milliseconds(100), Duration::seconds(30)), sleeps);
      break;
    }
    case 8: world.restart_hub(); break;
    case 9: world.step_wall_clock(world.random().chance(0.5) ? kYear : Duration::seconds(-2)); break;
    default: break;
  }
}

std::uint64_t swarm(std::uint64_t seed, std::string& verdict) {
  PulseWorld world(any_options(SeededRandom(seed), seed));
  for (int i = 0; i < 60; ++i) {
    world.run_for(world.random().between(Duration::milliseconds(10), Duration::seconds(31)));
    anything(world);
  }
  world.run_for(Duration::minutes(2));
  verdict = world.judge().verdict();
  return world.trace_hash();
}

TEST(PulseWorld, KeepsItsPromisesWhateverHappens) {
  EXPECT_TRUE(for_each_seed(100, [](World& seed) {
    std::string verdict;
    const std::uint64_t trace = swarm(seed.seed(), verdict);
    EXPECT_EQ(verdict, "");
    EXPECT_EQ(swarm(seed.seed(), verdict), trace) << "the same seed is another world";
    return !testing::Test::HasFailure();
  }));
}

}  // namespace
}  // namespace holter::sim
