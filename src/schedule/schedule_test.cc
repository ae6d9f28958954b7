#include "schedule/schedule.h"

#include <gtest/gtest.h>

#include <map>

namespace holter::schedule {
namespace {

using base::Duration;
using base::Instant;

constexpr Instant kStart = Instant::from_nanoseconds(1'000'000'000'000);

TEST(Schedule, StartsOnAFixedGridHoweverLateTheLoopIs) {
  Schedule schedule(kStart);
  const auto entry = schedule.add("gateway", {Duration::seconds(1)}, kStart);
  const Instant first = schedule.next_deadline().value();
  EXPECT_LT(first - kStart, Duration::seconds(1));
  Instant now = kStart;
  std::vector<Instant> planned;
  while (planned.size() < 5) {
    now += Duration::milliseconds(7);
    for (const Start& start : schedule.due(now)) {
      EXPECT_EQ(start.entry, entry);
      EXPECT_FALSE(start.skipped);
      EXPECT_EQ(start.missed, 0u);
      EXPECT_LE(now - start.planned, Duration::milliseconds(8));
      planned.push_back(start.planned);
      schedule.finished(entry);
    }
  }
  for (std::size_t i = 1; i < planned.size(); ++i) EXPECT_EQ(planned[i] - planned[i - 1], Duration::seconds(1));
}

TEST(Schedule, ReportsAStartAsSkippedWhileTheOneBeforeRuns) {
  Schedule schedule(kStart);
  const auto entry = schedule.add("slow", {Duration::seconds(1)}, kStart);
  EXPECT_FALSE(schedule.due(kStart + Duration::seconds(1)).at(0).skipped);
  EXPECT_TRUE(schedule.due(kStart + Duration::seconds(2)).at(0).skipped);
  schedule.finished(entry);
  EXPECT_FALSE(schedule.due(kStart + Duration::seconds(3)).at(0).skipped);
}

TEST(Schedule, NeverCatchesUpInABurstAfterAPause) {
  Schedule schedule(kStart);
  const auto entry = schedule.add("gateway", {Duration::seconds(1)}, kStart);
  schedule.due(kStart + Duration::seconds(1));
  schedule.finished(entry);
  const auto after = schedule.due(kStart + Duration::hours(1));
  ASSERT_EQ(after.size(), 1u);
  EXPECT_GE(after[0].missed, 3'597u);
  EXPECT_LE(kStart + Duration::hours(1) - after[0].planned, Duration::seconds(1));
}

TEST(Schedule, SpreadsFirstStartsAndRepeatsThemForTheSameNames) {
  Schedule one(kStart);
  Schedule two(kStart);
  std::map<std::int64_t, int> by_decile;
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = "probe-" + std::to_string(i);
    one.add(name, {Duration::seconds(10)}, kStart);
    two.add(name, {Duration::seconds(10)}, kStart);
  }
  const auto first = one.due(kStart + Duration::seconds(1));
  const auto second = two.due(kStart + Duration::seconds(1));
  ASSERT_EQ(first.size(), 1'000u);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].planned, second[i].planned);
    ++by_decile[(first[i].planned - kStart).in_milliseconds() / 100];
  }
  for (std::int64_t decile = 0; decile < 10; ++decile) EXPECT_GT(by_decile[decile], 50) << decile;
}

TEST(Schedule, IsAnEvenLoadOverTheInterval) {
  Schedule schedule(kStart);
  for (int i = 0; i < 10'000; ++i) schedule.add("probe-" + std::to_string(i), {Duration::seconds(10)}, kStart);
  std::map<std::int64_t, int> by_second;
  for (Instant now = kStart; now < kStart + Duration::seconds(60); now += Duration::milliseconds(100)) {
    for (const Start& start : schedule.due(now)) {
      ++by_second[(start.planned - kStart).in_milliseconds() / 1'000];
      schedule.finished(start.entry);
    }
  }
  for (std::int64_t second = 20; second < 59; ++second) EXPECT_NEAR(by_second[second], 1'000, 150) << second;
  for (const auto& [second, starts] : by_second) EXPECT_LT(starts, 4'000) << second;
}

TEST(Schedule, JitterMovesSingleStartsAndNotTheGrid) {
  Schedule schedule(kStart);
  const Duration jitter = Duration::milliseconds(400);
  const auto entry = schedule.add("gateway", {Duration::seconds(1), jitter}, kStart);
  std::map<std::int64_t, int> offsets;
  for (Instant now = kStart; now < kStart + Duration::minutes(10); now += Duration::milliseconds(10)) {
    for (const Start& start : schedule.due(now)) {
      EXPECT_EQ(start.missed, 0U);
      ++offsets[(start.planned - kStart).in_milliseconds() % 1'000 / 100];
      schedule.finished(entry);
    }
  }
  int starts = 0;
  for (const auto& [tenth, count] : offsets) starts += count;
  EXPECT_NEAR(starts, 600, 1);
  EXPECT_GE(offsets.size(), 4U);
  EXPECT_LE(offsets.size(), 5U);
}

TEST(Schedule, OverlapsWhereItMayAndNotWithoutEnd) {
  Schedule schedule(kStart);
  const auto entry = schedule.add("slow", {.interval = Duration::seconds(1), .overlap = true}, kStart);
  std::uint32_t running = 0;
  for (std::uint32_t i = 1; i <= kMaxOverlap + 5; ++i) {
    const auto starts = schedule.due(kStart + Duration::seconds(i));
    ASSERT_EQ(starts.size(), 1U);
    EXPECT_EQ(starts[0].skipped, running == kMaxOverlap);
    running += starts[0].skipped ? 0 : 1;
  }
  schedule.finished(entry);
  EXPECT_FALSE(schedule.due(kStart + Duration::seconds(kMaxOverlap + 6)).at(0).skipped);
}

TEST(Schedule, ReusesTheNumberOfARemovedProbe) {
  Schedule schedule(kStart);
  const auto first = schedule.add("a", {Duration::seconds(1)}, kStart);
  schedule.remove(first);
  EXPECT_EQ(schedule.size(), 0u);
  EXPECT_TRUE(schedule.due(kStart + Duration::minutes(1)).empty());
  EXPECT_EQ(schedule.add("b", {Duration::seconds(1)}, kStart + Duration::minutes(1)), first);
  EXPECT_EQ(schedule.due(kStart + Duration::minutes(2)).size(), 1u);
}

}  // namespace
}  // namespace holter::schedule
