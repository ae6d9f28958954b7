#include "heartbeat/schedule.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::WallTime;

// 2026-03-28, 12:00 UTC.
const WallTime kSaturday = WallTime::from_nanoseconds(1'774'699'200'000'000'000);

Schedule by_cron(std::string_view expression, std::string_view place) {
  return Schedule::by_cron(CronExpression::parse(expression).value(), TimeZone::find(place).value(),
                           Duration::minutes(10));
}

TEST(Schedule, OfAPeriodIsDueAfterIt) {
  const Schedule daily = Schedule::every(Duration::hours(24), Duration::hours(1));
  EXPECT_EQ(daily.due_after(kSaturday), kSaturday + Duration::hours(24));
  EXPECT_EQ(daily.grace(), Duration::hours(1));
}

TEST(Schedule, OfCronIsDueAtItsNextTime) {
  const Schedule nightly = by_cron("30 2 * * *", "UTC");
  const WallTime due = nightly.due_after(kSaturday);
  EXPECT_EQ(base::to_string(due), "2026-03-29T02:30:00.000Z");
  EXPECT_EQ(base::to_string(nightly.due_after(due - Duration::nanoseconds(1))), "2026-03-29T02:30:00.000Z");
  EXPECT_EQ(base::to_string(nightly.due_after(due)), "2026-03-30T02:30:00.000Z");
  EXPECT_EQ(base::to_string(by_cron("30 2 * * *", "Europe/Berlin").due_after(kSaturday)), "2026-03-29T01:00:00.000Z");
}

TEST(Schedule, IsToldInWords) {
  EXPECT_EQ(Schedule::every(Duration::minutes(5), {}).words(), "every 5m");
  EXPECT_EQ(by_cron("30 2 * * 1-5", "Europe/Berlin").words(), "at 30 2 * * 1-5 in Europe/Berlin");
}

TEST(Schedule, IsTheSameWhenItSaysTheSame) {
  EXPECT_EQ(by_cron("@daily", "UTC"), by_cron("@daily", "UTC"));
  EXPECT_FALSE(by_cron("@daily", "UTC") == by_cron("@daily", "Asia/Kolkata"));
  EXPECT_FALSE(Schedule::every(Duration::hours(1), {}) == Schedule::every(Duration::hours(1), Duration::hours(1)));
}

TEST(TimeZone, IsKnownByTheNameOfItsFile) {
  EXPECT_EQ(TimeZone::find("Europe/Berlin").value().name(), "Europe/Berlin");
  EXPECT_TRUE(TimeZone::of_host().has_value());
  for (const char* name : {"", "Europe", "Europe/Atlantis", "../../../etc/passwd", "\x1b[2J"}) {
    const auto zone = TimeZone::find(name);
    ASSERT_FALSE(zone.has_value()) << name;
    EXPECT_EQ(zone.error().kind, base::ErrorKind::not_found);
    EXPECT_EQ(zone.error().message.find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace holter::heartbeat
