#include "base/time.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace holter::base {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

static_assert(!std::is_convertible_v<Instant, WallTime> && !std::is_convertible_v<PacketTime, WallTime>);
static_assert(!std::is_constructible_v<Instant, WallTime> && !std::is_convertible_v<std::int64_t, Duration>);

TEST(Duration, PrintsThreeSignificantDigits) {
  const std::pair<Duration, const char*> cases[] = {
      {Duration::zero(), "0 s"},
      {Duration::nanoseconds(999), "999 ns"},
      {Duration::nanoseconds(1'234), "1.23 us"},
      {Duration::microseconds(250), "250 us"},
      {Duration::microseconds(1'200), "1.2 ms"},
      {Duration::microseconds(12'340), "12.3 ms"},
      {Duration::seconds(3), "3 s"},
      {Duration::milliseconds(-1'500), "-1.5 s"},
      {Duration::seconds(125), "2 min 5 s"},
      {Duration::minutes(61), "1 h 1 min"},
      {Duration::hours(49), "2 d 1 h"},
      {Duration::minutes(-2), "-2 min 0 s"},
      {Duration::max(), "106751 d 23 h"},
      {Duration::nanoseconds(kLeast), "-106751 d 23 h"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(to_string(duration), text);
}

TEST(Duration, SaturatesInsteadOfWrapping) {
  const Duration most = Duration::max();
  const Duration least = Duration::nanoseconds(kLeast);
  EXPECT_EQ(most + Duration::nanoseconds(1), most);
  EXPECT_EQ(least - Duration::nanoseconds(1), least);
  EXPECT_EQ(most - least, most);
  EXPECT_EQ(least - most, least);
  EXPECT_EQ(least + least, least);
  EXPECT_EQ(most * 2, most);
  EXPECT_EQ(most * -2, least);
  EXPECT_EQ(least * -1, most);
  EXPECT_EQ(Duration::hours(kMost), most);
  EXPECT_EQ(Duration::hours(kLeast), least);
  EXPECT_EQ(Duration::seconds(kMost / 1'000'000'000 + 1), most);
}

TEST(Duration, Converts) {
  EXPECT_EQ(Duration::hours(1), Duration::minutes(60));
  EXPECT_EQ(Duration::seconds(1), Duration::milliseconds(1'000));
  EXPECT_EQ(Duration::milliseconds(1).in_microseconds(), 1'000);
  EXPECT_DOUBLE_EQ(Duration::milliseconds(1'500).in_seconds(), 1.5);
  EXPECT_EQ(Duration::seconds(10) / 4, Duration::milliseconds(2'500));
}

TEST(TimePoint, SaturatesInsteadOfWrapping) {
  const auto most = PacketTime::max();
  const auto least = PacketTime::from_nanoseconds(kLeast);
  EXPECT_EQ(most + Duration::seconds(1), most);
  EXPECT_EQ(least - Duration::seconds(1), least);
  EXPECT_EQ(most - least, Duration::max());
  EXPECT_EQ(least - most, Duration::nanoseconds(kLeast));
  EXPECT_EQ(most + Duration::nanoseconds(-1), PacketTime::from_nanoseconds(kMost - 1));
}

TEST(WallTime, PrintsAsRfc3339) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {1'772'368'496'789'999'999, "2026-03-01T12:34:56.789Z"},
      {951'782'400'000'000'000, "2000-02-29T00:00:00.000Z"},    // a leap year although divisible by 100
      {4'107'542'400'000'000'000, "2100-03-01T00:00:00.000Z"},  // and one that is none
      {-1, "1969-12-31T23:59:59.999Z"},
      {-86'400'000'000'000, "1969-12-31T00:00:00.000Z"},
      {kMost, "2262-04-11T23:47:16.854Z"},
      {kLeast, "1677-09-21T00:12:43.145Z"},
  };
  for (const auto& [ns, text] : cases) EXPECT_EQ(to_string(WallTime::from_nanoseconds(ns)), text);
}

TEST(WallTime, AsManyDigitsOfTheFractionAsAsked) {
  const WallTime at = WallTime::from_nanoseconds(1'999'999'999);
  EXPECT_EQ(to_string(at, 0), "1970-01-01T00:00:01Z");
  EXPECT_EQ(to_string(at, 6), "1970-01-01T00:00:01.999999Z");
  EXPECT_EQ(to_string(at, 9), "1970-01-01T00:00:01.999999999Z");
  EXPECT_EQ(to_string(WallTime::from_nanoseconds(-1), 9), "1969-12-31T23:59:59.999999999Z");
}

}  // namespace
}  // namespace holter::base
