#include "probe/trace/memory.h"

#include <gtest/gtest.h>

#include "probe/trace/check.h"
#include "probe/trace/fabric_test.h"

namespace holter::probe {
namespace {

using base::Duration;

constexpr const char* kTarget = "10.91.0.1";

TraceFabric bed(std::uint64_t seed = 1) {
  TraceFabric fabric(seed);
  fabric.hops = {{"10.0.1.2"}, {"10.0.11.2", "10.0.12.2"}, {"10.0.21.2", "10.0.22.2"}, {"10.0.3.2"}};
  return fabric;
}

const TraceCourse& traced(TraceFabric& fabric) {
  auto& run = fabric.trace(kTarget);
  fabric.run();
  return *run.course;
}

// Whether a check of so many looks doubts the path.
bool doubted(TraceFabric& fabric, PathMemory& memory, std::uint32_t looks) {
  TraceCheck check(address(kTarget), memory, fabric.pace, {.looks = looks});
  fabric.forget();
  fabric.walk(kTarget, check);
  fabric.run(Duration::minutes(5));
  fabric.forget();
  EXPECT_TRUE(check.finished());
  return check.doubts();
}

TEST(PathMemory, ASteadyPathIsNeverAnother) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  for (int i = 0; i < 1'000; ++i) {
    const auto& course = traced(fabric);
    ASSERT_FALSE(is_other_path(memory.path(), course.path())) << i;
    memory.confirm(course);
    fabric.forget();
  }
  EXPECT_EQ(memory.path().hops.size(), 5);
  EXPECT_FALSE(memory.places().empty());
}

TEST(PathMemory, ASteadyPathThatLosesPacketsIsNeverAnother) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    TraceFabric fabric = bed(seed);
    for (const auto& hop : fabric.hops) {
      for (const auto& name : hop) fabric.router(name).loss = 0.05;
    }
    PathMemory memory;
    memory.replace(traced(fabric));
    const auto again = traced(fabric).path();
    EXPECT_FALSE(is_other_path(memory.path(), again)) << seed;
  }
}

TEST(PathMemory, ARouterThatIsGoneMakesAnotherPath) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  fabric.hops[1] = {"10.0.12.2"};
  EXPECT_TRUE(is_other_path(memory.path(), traced(fabric).path()));
  fabric.hops = bed().hops;
  fabric.hops[3] = {"10.0.4.2"};
  EXPECT_TRUE(is_other_path(memory.path(), traced(fabric).path()));
  fabric.hops = bed().hops;
  fabric.hops.push_back({"10.0.5.2"});
  EXPECT_TRUE(is_other_path(memory.path(), traced(fabric).path()));
}

TEST(PathMemory, AnEndThatIsAnotherMakesAnotherPath) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  fabric.target_silent = true;
  EXPECT_TRUE(is_other_path(memory.path(), traced(fabric).path()));
}

TEST(PathMemory, ARouterThatFallsSilentMakesNone) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  fabric.router("10.0.3.2").silent = true;
  EXPECT_FALSE(is_other_path(memory.path(), traced(fabric).path()));
}

TEST(TraceCheck, APathThatHoldsIsNotDoubted) {
  TraceFabric fabric = bed();
  fabric.limit_all();
  fabric.target_limits = true;
  PathMemory memory;
  memory.replace(traced(fabric));
  const auto before = fabric.sent;
  const auto started = fabric.now;
  EXPECT_FALSE(doubted(fabric, memory, 60));
  EXPECT_LE(fabric.sent - before, 60) << "about one a second";
  EXPECT_LE(fabric.now - started, Duration::seconds(62));
}

TEST(TraceCheck, AnotherRouterIsNoticed) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  fabric.hops[2] = {"10.0.21.2", "10.0.33.2"};
  EXPECT_TRUE(doubted(fabric, memory, 60));
}

TEST(TraceCheck, ATargetThatFallsSilentIsNoticed) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  fabric.target_silent = true;
  EXPECT_TRUE(doubted(fabric, memory, 60));
}

TEST(TraceCheck, ATargetThatWasSilentIsNoticedWhenItAnswers) {
  TraceFabric fabric = bed();
  fabric.target_silent = true;
  PathMemory memory;
  memory.replace(traced(fabric));
  ASSERT_EQ(memory.path().end, record::PathEnd::silent);
  EXPECT_FALSE(doubted(fabric, memory, 60)) << "its silence is known";
  fabric.target_silent = false;
  EXPECT_TRUE(doubted(fabric, memory, 60));
}

TEST(TraceCheck, AnEndThatARouterSaysIsNoDoubt) {
  TraceFabric fabric = bed();
  fabric.unreachable_from = "10.0.3.9";
  PathMemory memory;
  memory.replace(traced(fabric));
  ASSERT_EQ(memory.path().end, record::PathEnd::unreachable);
  EXPECT_FALSE(doubted(fabric, memory, 60));
  fabric.unreachable_from.clear();
  EXPECT_TRUE(doubted(fabric, memory, 60));
}

TEST(TraceCheck, ALookAtTheTargetAloneIsOverWithItsAnswer) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  const auto before = fabric.sent;
  const auto started = fabric.now;
  EXPECT_FALSE(doubted(fabric, memory, 0));
  EXPECT_EQ(fabric.sent - before, 1U);
  EXPECT_LT(fabric.now - started, Duration::milliseconds(10));
}

TEST(TraceCheck, ALongerAndAShorterPathAreNoticed) {
  for (const bool longer : {false, true}) {
    TraceFabric fabric = bed();
    PathMemory memory;
    memory.replace(traced(fabric));
    longer ? fabric.hops.push_back({"10.0.5.2"}) : fabric.hops.pop_back();
    EXPECT_TRUE(doubted(fabric, memory, 60)) << longer;
  }
}

TEST(PathMemory, AHopThatChoosesForEachPacketIsNotLookedAt) {
  TraceFabric fabric = bed();
  PathMemory memory;
  memory.replace(traced(fabric));
  std::swap(fabric.hops[1][0], fabric.hops[1][1]);
  const auto& course = traced(fabric);
  EXPECT_FALSE(is_other_path(memory.path(), course.path()));
  memory.confirm(course);
  for (const auto& place : memory.places()) EXPECT_NE(place.ttl, 2);
}

}  // namespace
}  // namespace holter::probe
