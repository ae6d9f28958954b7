#include "suspicion/silence.h"

#include <gtest/gtest.h>

namespace holter::suspicion {
namespace {

using base::Duration;

constexpr Pace kFive{Duration::seconds(1), 5};
constexpr Pace kThree{Duration::milliseconds(100), 3};

// `times` signs, each so many intervals after the one before.
void hear(Silence& silence, int times, double intervals = 1, const Pace& pace = kFive) {
  const auto spacing = static_cast<std::int64_t>(static_cast<double>(pace.interval.in_nanoseconds()) * intervals);
  for (int i = 0; i < times; ++i) silence.on_spacing(Duration::nanoseconds(spacing), pace);
}

double patience(const Silence& silence, const Pace& pace = kFive) {
  return silence.patience(pace).in_seconds() / pace.interval.in_seconds();
}

TEST(Silence, BeginsWithTheFixedDetectionTime) {
  Silence silence;
  EXPECT_EQ(silence.patience(kFive), Duration::seconds(5));
  EXPECT_EQ(silence.patience(kThree), Duration::milliseconds(300));
  hear(silence, 15);
  hear(silence, 8, 3);
  hear(silence, 8);
  EXPECT_FALSE(silence.warm());
  EXPECT_EQ(patience(silence), 5);
  hear(silence, 1);
  EXPECT_TRUE(silence.warm());
  EXPECT_GT(patience(silence), 5);
}

TEST(Silence, TrustsALinkThatLosesNothingMoreAndMore) {
  Silence silence;
  double before = 5;
  for (int hundred = 0; hundred < 30; ++hundred) {
    hear(silence, 100);
    EXPECT_LE(patience(silence), before);
    before = patience(silence);
  }
  EXPECT_NEAR(before, 3.125, 0.01) << "half of what was asked for, rounded up, and the allowance";
  EXPECT_NEAR(patience(silence, kThree), 2.125, 0.01);
  EXPECT_EQ(patience(silence, {Duration::seconds(1), 1}), 1) << "the fixed time is never exceeded without a loss";
  EXPECT_NEAR(patience(silence, {Duration::seconds(1), 20}), 10.125, 0.01);
}

TEST(Silence, OneLossIsRememberedForALongTime) {
  Silence silence;
  hear(silence, 3'000);
  hear(silence, 1, 2);
  const double careful = patience(silence);
  EXPECT_GE(careful, 4);
  EXPECT_LE(careful, 6.2);
  hear(silence, static_cast<int>(Silence::kMemory) - 1);
  EXPECT_GT(silence.loss_ratio(), 1.0 / Silence::kMemory);
  hear(silence, 1);
  EXPECT_LT(silence.loss_ratio(), 1.0 / Silence::kMemory);
  EXPECT_NEAR(patience(silence), 3.125, 0.01);
}

TEST(Silence, ARunThatWasSeenIsBorneAgain) {
  for (int run = 2; run <= 8; ++run) {
    Silence silence;
    for (int i = 0; i < 100; ++i) hear(silence, 1, i % 4 == 0 ? 2 : 1);
    hear(silence, 1, run + 1);
    EXPECT_GE(patience(silence), run + 1) << "a run of " << run;
  }
}

TEST(Silence, NeverWaitsLongerThanTwiceTheFixedTime) {
  Silence silence;
  for (int i = 0; i < 1'000; ++i) hear(silence, 1, 2 + i % 9);
  EXPECT_GT(patience(silence), 9);
  EXPECT_LE(patience(silence), 10);
  EXPECT_GT(silence.loss_ratio(), 0.7);
  EXPECT_LE(patience(silence, {Duration::seconds(1), 1}), 2);
  EXPECT_LE(patience(silence, {Duration::seconds(1), 255}), 510);
}

TEST(Silence, AnOutageTeachesNothing) {
  Silence silence;
  hear(silence, 3'000);
  hear(silence, 5, 12);
  hear(silence, 1, 3'600);
  EXPECT_NEAR(patience(silence), 3.125, 0.01);
  hear(silence, 1, 11);
  EXPECT_GT(patience(silence), 6) << "a run of twice the multiplier is the longest that is loss";
}

TEST(Silence, BurstsAreNotTakenForSingleLosses) {
  Silence single;
  Silence bursts;
  for (int i = 0; i < 100; ++i) {
    hear(single, 30);
    hear(bursts, 90);
    hear(single, 1, 2);
    if (i % 3 == 0) hear(bursts, 1, 4);
  }
  EXPECT_LT(bursts.loss_ratio(), single.loss_ratio() * 1.1);
  const Pace pace{Duration::seconds(1), 10};
  EXPECT_GT(patience(bursts, pace), patience(single, pace) + 3);
}

TEST(Silence, MakesAllowanceForTheJitterItSaw) {
  Silence steady;
  Silence trembling;
  for (int i = 0; i < 2'000; ++i) {
    hear(steady, 1, i % 2 == 0 ? 1.001 : 0.999);
    hear(trembling, 1, i % 2 == 0 ? 1.05 : 0.95);
  }
  EXPECT_NEAR(steady.jitter(), 0.001, 0.004);
  EXPECT_NEAR(trembling.jitter(), 0.05, 0.005);
  EXPECT_NEAR(patience(trembling), 3 * 1.05 + 8 * 0.05, 0.05);
  EXPECT_LT(patience(steady), 3.14);
  hear(trembling, 10'000);
  EXPECT_LT(patience(trembling), 3.14) << "it is forgotten";
}

TEST(Silence, ALatePeakIsAllowedForUntilItFades) {
  Silence silence;
  hear(silence, 3'000);
  hear(silence, 1, 1.4);
  hear(silence, 1, 0.6);
  EXPECT_GT(patience(silence), 3.4);
  hear(silence, 5'000);
  EXPECT_LT(patience(silence), 3.14);
}

TEST(Silence, ABeaconThatIsAlwaysLateIsWaitedForAsOften) {
  Silence silence;
  hear(silence, 3'000, 1.1);
  EXPECT_GT(patience(silence), 3.3 + 0.1);
}

TEST(Silence, WhatComesBetweenOrBackwardsIsHarmless) {
  Silence silence;
  hear(silence, 3'000);
  const double before = patience(silence);
  hear(silence, 100, 0);
  hear(silence, 1, 0.3);
  silence.on_spacing(Duration::seconds(-1), kFive);
  silence.on_spacing(Duration::seconds(1), {Duration::zero(), 3});
  silence.on_spacing(Duration::max(), kFive);
  EXPECT_EQ(patience(silence), before);
}

TEST(Silence, ItsLevelRisesWithEveryMissedSign) {
  Silence silence;
  hear(silence, 3'000);
  EXPECT_EQ(silence.level(Duration::zero(), kFive), 0);
  EXPECT_EQ(silence.level(Duration::milliseconds(1'100), kFive), 0) << "nothing is missed yet";
  double before = 0;
  for (int missed = 1; missed < 6; ++missed) {
    const double level = silence.level(Duration::milliseconds(missed * 1'000 + 130), kFive);
    EXPECT_GT(level, before);
    before = level;
  }
  EXPECT_GT(before, 7);
  EXPECT_LE(silence.level(Duration::hours(24 * 365), kFive), Silence::kHighestLevel);
  Silence lossy;
  for (int i = 0; i < 1'000; ++i) hear(lossy, 1, 1 + i % 3);
  EXPECT_LT(lossy.level(Duration::seconds(3), kFive), silence.level(Duration::seconds(3), kFive) / 2);
}

}  // namespace
}  // namespace holter::suspicion
