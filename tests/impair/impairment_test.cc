#include "tests/impair/impairment.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/seed_test.h"
#include "tests/impair/test_frames.h"

namespace holter::impair {
namespace {

using testing::ElementsAre;
using Json = nlohmann::json;

constexpr auto kThere = Direction::a_to_b;
constexpr auto kBack = Direction::b_to_a;

struct Line {
  explicit Line(std::initializer_list<const char*> faults, std::uint64_t seed = 1) : impairment(seed) {
    for (const char* fault : faults) EXPECT_TRUE(impairment.add(fault)) << fault;
  }
  // The numbers of the frames that were lost, of `count` echoes.
  std::vector<int> lost(int count, Direction towards = kThere) {
    std::vector<int> numbers;
    for (int i = 1; i <= count; ++i) {
      if (impairment.decide(towards, echo_frame()).copies == 0) numbers.push_back(i);
    }
    return numbers;
  }
  Json counts() { return Json::parse(impairment.counts_json(0)); }

  Impairment impairment;
};

TEST(Impairment, WithoutFaultsEveryFramePassesAtOnce) {
  Line line({});
  const Verdict verdict = line.impairment.decide(kThere, echo_frame());
  EXPECT_EQ(verdict.copies, 1U);
  EXPECT_EQ(verdict.later, base::Duration::zero());
  EXPECT_FALSE(verdict.corrupted_bit);
  line.impairment.went_out(verdict);
  EXPECT_EQ(line.counts()["all"]["a_to_b"]["out"], 1);
}

TEST(Impairment, NumbersAreThoseOfTheFaultAndOfTheDirection) {
  Line line({"echo lose 2,4-5"});
  line.impairment.decide(kThere, udp_frame(53, 4000));
  EXPECT_THAT(line.lost(6), ElementsAre(2, 4, 5));
  EXPECT_THAT(line.lost(3, kBack), ElementsAre(2));
}

TEST(Impairment, OneDirectionAlone) {
  Line line({"b>a echo lose 1-"});
  EXPECT_THAT(line.lost(3), ElementsAre());
  EXPECT_THAT(line.lost(3, kBack), ElementsAre(1, 2, 3));
}

TEST(Impairment, LossInRuns) {
  Line line({"echo lose 2,7 runs 3"});
  EXPECT_THAT(line.lost(10), ElementsAre(2, 3, 4, 7, 8, 9));
}

TEST(Impairment, TheFirstFaultThatConcernsAFrameHasIt) {
  Line line({"echo lose 1", "any lose 1-"});
  EXPECT_THAT(line.lost(3), ElementsAre(1));
  EXPECT_EQ(line.impairment.decide(kThere, udp_frame(1, 2)).copies, 0U);
}

TEST(Impairment, ASeedReplaysAndAnotherDiffers) {
  auto random = base::seeded_random();
  const std::uint64_t seed = random();
  const auto fault = {"echo lose 30%"};
  const auto once = Line(fault, seed).lost(200);
  EXPECT_EQ(once, Line(fault, seed).lost(200));
  EXPECT_NE(once, Line(fault, seed + 1).lost(200));
  EXPECT_GT(once.size(), 20U);
  EXPECT_LT(once.size(), 120U);
}

TEST(Impairment, NeitherTheOtherDirectionNorAnotherEffectMovesTheThrows) {
  const auto once = Line({"echo lose 30%"}, 7).lost(100);
  Line crowded({"echo lose 30% double 20% delay 1ms jitter 1ms"}, 7);
  crowded.lost(50, kBack);
  EXPECT_EQ(crowded.lost(100), once);
}

TEST(Impairment, DoublesHoldsAndDelays) {
  Line line({"echo double 2 hold 1 20ms delay 5ms"});
  const Verdict first = line.impairment.decide(kThere, echo_frame());
  const Verdict second = line.impairment.decide(kThere, echo_frame());
  EXPECT_EQ(first.later, base::Duration::milliseconds(25));
  EXPECT_EQ(second.later, base::Duration::milliseconds(5));
  EXPECT_EQ(first.copies, 1U);
  EXPECT_EQ(second.copies, 2U);
}

TEST(Impairment, JitterStaysAroundTheDelay) {
  Line line({"echo delay 5ms jitter 2ms"}, base::seeded_random()());
  base::Duration least = base::Duration::max(), most;
  for (int i = 0; i < 1000; ++i) {
    const auto later = line.impairment.decide(kThere, echo_frame()).later;
    least = std::min(least, later);
    most = std::max(most, later);
  }
  EXPECT_GE(least, base::Duration::milliseconds(3));
  EXPECT_LT(least, base::Duration::milliseconds(4));
  EXPECT_LE(most, base::Duration::milliseconds(7));
  EXPECT_GT(most, base::Duration::milliseconds(6));
}

TEST(Impairment, ACorruptedBitLiesBehindTheIpHeader) {
  Line line({"any corrupt 1-"}, base::seeded_random()());
  const auto frame = echo_frame();
  for (int i = 0; i < 1000; ++i) {
    const auto bit = line.impairment.decide(kThere, frame).corrupted_bit;
    ASSERT_TRUE(bit);
    EXPECT_GE(*bit, (kEthernetBytes + kIpv4Bytes) * 8);
    EXPECT_LT(*bit, frame.size() * 8);
  }
  EXPECT_FALSE(line.impairment.decide(kThere, arp_frame()).corrupted_bit);
}

TEST(Impairment, CountsAreTheTruth) {
  Line line({"echo lose 1 double 2 hold 3 1ms corrupt 4"});
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 4; ++i) verdicts.push_back(line.impairment.decide(kThere, echo_frame()));
  for (const int place : {1, 3, 2}) line.impairment.went_out(verdicts[static_cast<std::size_t>(place)]);
  const auto counts = line.counts();
  const Json expected{{"in", 4},        {"lost", 1},      {"duplicated", 1}, {"held", 1},
                      {"corrupted", 1}, {"reordered", 1}, {"out", 4}};
  EXPECT_EQ(counts["faults"][0]["a_to_b"], expected);
  EXPECT_EQ(counts["all"]["a_to_b"], expected);
  EXPECT_EQ(counts["faults"][0]["b_to_a"]["in"], 0);
  EXPECT_EQ(counts["failed"], 0);
}

TEST(Impairment, ClearBeginsAnew) {
  Line line({"echo lose 1"});
  EXPECT_THAT(line.lost(1), ElementsAre(1));
  line.impairment.clear();
  EXPECT_EQ(line.counts()["all"]["a_to_b"]["in"], 0);
  ASSERT_TRUE(line.impairment.add("echo lose 1"));
  EXPECT_THAT(line.lost(2), ElementsAre(1));
}

TEST(Impairment, HasALimit) {
  Line line({});
  for (std::size_t i = 0; i < kMaxFaults; ++i) ASSERT_TRUE(line.impairment.add("any lose 1"));
  EXPECT_FALSE(line.impairment.add("any lose 1"));
}

}  // namespace
}  // namespace holter::impair
