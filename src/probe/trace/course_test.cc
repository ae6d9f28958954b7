#include "probe/trace/course.h"

#include <gtest/gtest.h>

#include <set>

#include "probe/trace/fabric_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::PathEnd;

constexpr CourseOptions kOneFlow{.branches = false};

// "10.0.0.1 (10.0.1.1|10.0.2.1) * 10.9.0.1"
std::string shown(const record::Path& path) {
  std::string text;
  for (const auto& hop : path.hops) {
    std::set<std::string> names;
    for (const auto& branch : hop.branches) names.insert(to_string(branch.address));
    std::string one;
    for (const auto& name : names) one += (one.empty() ? "" : "|") + name;
    if (names.size() > 1) one = '(' + one + ')';
    text += (text.empty() ? "" : " ") + (one.empty() ? "*" : one);
  }
  return text;
}

// Probe - r1 - (e1|e2) - r2, which has two addresses - r3 - target, as in the test bed.
TraceFabric bed(std::uint64_t seed = 1) {
  TraceFabric fabric(seed);
  fabric.hops = {{"10.0.1.2"}, {"10.0.11.2", "10.0.12.2"}, {"10.0.21.2", "10.0.22.2"}, {"10.0.3.2"}};
  return fabric;
}
constexpr const char* kBedPath = "10.0.1.2 (10.0.11.2|10.0.12.2) (10.0.21.2|10.0.22.2) 10.0.3.2 10.91.0.1";

TEST(TraceCourse, FindsThePathAndAllItsBranches) {
  TraceFabric fabric = bed();
  const auto path = fabric.path_to("10.91.0.1");
  EXPECT_EQ(path.end, PathEnd::reached);
  EXPECT_EQ(shown(path), kBedPath);
  EXPECT_EQ(path.hops.front().branches.front().answered, 6);
  EXPECT_EQ(path.hops.front().branches.front().rtt_min, Duration::milliseconds(1));
  EXPECT_EQ(path.hops[1].sent, 11);
  EXPECT_EQ(fabric.running.front().course->target_rtt(), Duration::milliseconds(5));
  EXPECT_LT(fabric.now, base::Instant() + Duration::milliseconds(100)) << "nothing to wait for";
}

TEST(TraceCourse, OneFlowIsOnePath) {
  TraceFabric fabric = bed();
  const auto path = fabric.path_to("10.91.0.1", kOneFlow);
  for (const auto& hop : path.hops) {
    EXPECT_EQ(hop.branches.size(), 1);
    EXPECT_EQ(hop.branches.front().answered, 3);
  }
}

TEST(TraceCourse, TheTargetMayBeNear) {
  TraceFabric fabric;
  const auto path = fabric.path_to("10.93.0.1");
  EXPECT_EQ(shown(path), "10.93.0.1");
  EXPECT_EQ(path.hops.front().sent, 3);
}

TEST(TraceCourse, ASilentHopIsAStar) {
  TraceFabric fabric = bed();
  fabric.router("10.0.1.2").silent = true;
  fabric.hops[2] = {"10.0.21.2"};
  fabric.router("10.0.21.2").silent = true;
  const auto path = fabric.path_to("10.91.0.1");
  EXPECT_EQ(path.end, PathEnd::reached);
  EXPECT_EQ(shown(path), "* (10.0.11.2|10.0.12.2) * 10.0.3.2 10.91.0.1");
  EXPECT_EQ(path.hops[0].sent, TraceCourse::kTries);
}

TEST(TraceCourse, ABlackHoleEndsAtTheLastThatAnswered) {
  TraceFabric fabric = bed();
  fabric.target_silent = true;
  const auto path = fabric.path_to("10.95.0.1", kOneFlow);
  EXPECT_EQ(path.end, PathEnd::silent);
  EXPECT_EQ(path.hops.size(), 4);
  EXPECT_LT(fabric.now, base::Instant() + Duration::seconds(10));
}

TEST(TraceCourse, NobodyAtAllIsSilentToo) {
  TraceFabric fabric;
  fabric.target_silent = true;
  const auto path = fabric.path_to("10.95.0.1");
  EXPECT_EQ(path.end, PathEnd::silent);
  EXPECT_TRUE(path.hops.empty());
  EXPECT_EQ(fabric.sent, 15) << "five hops, three times each";
}

TEST(TraceCourse, UnreachableEndsTheWay) {
  TraceFabric fabric = bed();
  fabric.hops.pop_back();
  fabric.unreachable_from = "10.0.3.2";
  const auto path = fabric.path_to("10.94.0.1");
  EXPECT_EQ(path.end, PathEnd::unreachable);
  EXPECT_EQ(path.hops.size(), 4);
  EXPECT_EQ(path.hops.back().branches.front().icmp_type, 3);
}

TEST(TraceCourse, ALoopIsSaidToBeOne) {
  TraceFabric fabric;
  fabric.hops = {{"10.0.1.2"}};
  for (int i = 0; i < 20; ++i) {
    fabric.hops.push_back({"10.0.2.1"});
    fabric.hops.push_back({"10.0.3.2"});
  }
  const auto path = fabric.path_to("10.96.0.1", kOneFlow);
  EXPECT_EQ(path.end, PathEnd::loop);
  EXPECT_LT(path.hops.size(), 12);
}

TEST(TraceCourse, TooLongIsSaid) {
  TraceFabric fabric;
  for (int i = 1; i <= 20; ++i) fabric.hops.push_back({"10.0.0." + std::to_string(i)});
  const auto path = fabric.path_to("10.96.0.1", {.max_hops = 8});
  EXPECT_EQ(path.end, PathEnd::too_long);
  EXPECT_EQ(path.hops.size(), 8);
}

TEST(TraceCourse, RoutersThatLimitAreAskedSlowlyAndAllAnswer) {
  TraceFabric fabric = bed();
  fabric.limit_all();
  fabric.target_limits = true;
  const auto path = fabric.path_to("10.91.0.1");
  EXPECT_EQ(path.end, PathEnd::reached);
  EXPECT_EQ(shown(path), kBedPath);
  EXPECT_LT(fabric.now, base::Instant() + Duration::seconds(20));
}

TEST(TraceCourse, WideDiamondsAreEnumerated) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TraceFabric fabric(seed);
    fabric.hops = {{"10.0.1.2"}, {}, {"10.0.3.2"}};
    for (int i = 1; i <= 8; ++i) fabric.hops[1].push_back("10.0.2." + std::to_string(i));
    for (auto& name : fabric.hops[1]) fabric.router(name).loss = 0.05;
    const auto path = fabric.path_to("10.91.0.1");
    EXPECT_GE(path.hops[1].branches.size(), 7) << seed;
  }
}

TEST(TraceCourse, LossIsAskedAgain) {
  int whole = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    TraceFabric fabric = bed(seed);
    for (const auto& hop : fabric.hops) {
      for (const auto& name : hop) fabric.router(name).loss = 0.1;
    }
    whole += shown(fabric.path_to("10.91.0.1")) == kBedPath ? 1 : 0;
  }
  EXPECT_GE(whole, 47);
}

// The acceptance of many at once: near hops are shared, and after a minute nearly all of them are known.
TEST(TraceCourse, AThousandAtOnceShareTheRoutersThatLimit) {
  TraceFabric fabric = bed();
  fabric.limit_all();
  for (int i = 0; i < 1'000; ++i) {
    fabric.trace("10.91." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1), kOneFlow);
  }
  fabric.run(Duration::seconds(60));
  std::size_t known = 0;
  std::size_t shared = 0;
  for (const auto& run : fabric.running) {
    const auto path = run.course->path();
    EXPECT_EQ(path.end, PathEnd::reached);
    EXPECT_EQ(path.hops.size(), 5);
    for (const auto& hop : path.hops) known += hop.branches.empty() ? 0 : 1;
    for (const auto& hop : path.hops) shared += hop.shared ? 1 : 0;
  }
  EXPECT_GE(known, 4'750);
  EXPECT_GT(shared, 3'000);
}

TEST(TraceCourse, AThousandAtOnceFindEveryBranchToo) {
  TraceFabric fabric = bed();
  fabric.limit_all();
  for (int i = 0; i < 1'000; ++i) {
    fabric.trace("10.91." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1));
  }
  fabric.run(Duration::seconds(60));
  std::size_t both = 0;
  for (const auto& run : fabric.running) {
    const auto path = run.course->path();
    both += path.hops.size() == 5 && path.hops[1].branches.size() == 2 ? 1 : 0;
  }
  EXPECT_GE(both, 950);
}

TEST(TraceCourse, AnswersToNothingAreNothing) {
  TraceFabric fabric = bed();
  auto& run = fabric.trace("10.91.0.1");
  TraceAnswer answer;
  answer.number = 7;
  answer.from = address("10.0.1.2");
  run.course->on_answer(answer, fabric.now);
  const auto ask = run.course->next(fabric.now);
  ASSERT_TRUE(ask);
  answer.number = ask->number;
  run.course->on_answer(answer, fabric.now);
  run.course->on_answer(answer, fabric.now);
  EXPECT_EQ(run.course->path().hops.front().branches.front().answered, 1);
}

}  // namespace
}  // namespace holter::probe
