// CronExpression against a clock that is looked at every minute, as cronie does it.
#include "heartbeat/cron.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>

#include "base/seed_test.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::WallTime;
using namespace std::chrono_literals;

WallTime utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
  const std::chrono::sys_days date(std::chrono::year(year) / month / day);
  const auto seconds = std::chrono::seconds(date.time_since_epoch()) + hour * 1h + minute * 1min + second * 1s;
  return WallTime() + Duration::seconds(seconds.count());
}

TimeZone zone(std::string_view name) { return TimeZone::find(name).value(); }

// The next times, as "2026-03-29T01:00Z".
std::vector<std::string> times(std::string_view expression, WallTime after, const TimeZone& place, int count) {
  const auto cron = CronExpression::parse(expression);
  EXPECT_TRUE(cron.has_value()) << expression << ": " << cron.error().message;
  std::vector<std::string> found;
  for (int i = 0; i < count && cron; ++i) {
    const auto next = cron->next(after, place);
    if (!next) break;
    EXPECT_EQ(base::to_string(*next).substr(17, 3), "00.");
    found.push_back(base::to_string(*next).substr(0, 16));
    after = *next;
  }
  return found;
}

using Times = std::vector<std::string>;

TEST(Cron, TakesWhatCronTakes) {
  const TimeZone here = zone("UTC");
  const WallTime start = utc(2026, 11, 21, 10, 30, 15);
  EXPECT_EQ(times("*/15 * * * *", start, here, 3), (Times{"2026-11-21T10:45", "2026-11-21T11:00", "2026-11-21T11:15"}));
  EXPECT_EQ(times("30 10 * * *", start, here, 1), (Times{"2026-11-22T10:30"}));
  EXPECT_EQ(times("  5,10-12  3\t* * *", start, here, 4),
            (Times{"2026-11-22T03:05", "2026-11-22T03:10", "2026-11-22T03:11", "2026-11-22T03:12"}));
  EXPECT_EQ(times("0 0 * jan-mar/2 *", start, here, 1), (Times{"2027-01-01T00:00"}));
  EXPECT_EQ(times("0 0 1 3/4 *", start, here, 3), (Times{"2027-03-01T00:00", "2027-07-01T00:00", "2027-11-01T00:00"}));
  EXPECT_EQ(times("30 2 * * 1-5", start, here, 2), (Times{"2026-11-23T02:30", "2026-11-24T02:30"}));
  EXPECT_EQ(times("30 2 * * Mon-Fri", start, here, 2), (Times{"2026-11-23T02:30", "2026-11-24T02:30"}));
  EXPECT_EQ(times("0 0 * * 7", start, here, 1), times("0 0 * * 0", start, here, 1));
  EXPECT_EQ(times("0 0 * * 5-7", start, here, 3), (Times{"2026-11-22T00:00", "2026-11-27T00:00", "2026-11-28T00:00"}));
  EXPECT_EQ(times("@daily", start, here, 1), (Times{"2026-11-22T00:00"}));
  EXPECT_EQ(times("@Hourly", start, here, 1), (Times{"2026-11-21T11:00"}));
  EXPECT_EQ(times("@weekly", start, here, 1), (Times{"2026-11-22T00:00"}));
  EXPECT_EQ(times("@monthly", start, here, 1), (Times{"2026-12-01T00:00"}));
  EXPECT_EQ(times("@yearly", start, here, 1), (Times{"2027-01-01T00:00"}));
}

TEST(Cron, TakesLastAndNthDays) {
  const TimeZone here = zone("UTC");
  const WallTime start = utc(2027, 12, 31);
  EXPECT_EQ(times("0 0 L * *", start, here, 3), (Times{"2028-01-31T00:00", "2028-02-29T00:00", "2028-03-31T00:00"}));
  EXPECT_EQ(times("0 6 * * 5L", start, here, 2), (Times{"2027-12-31T06:00", "2028-01-28T06:00"}));
  EXPECT_EQ(times("0 6 * * MON#1,mon#3", start, here, 3),
            (Times{"2028-01-03T06:00", "2028-01-17T06:00", "2028-02-07T06:00"}));
  EXPECT_EQ(times("0 0 * 2 MON#5", start, here, 2), (Times{"2044-02-29T00:00", "2072-02-29T00:00"}));
}

TEST(Cron, AsksForOneDayFieldOrBoth) {
  const TimeZone here = zone("UTC");
  const WallTime start = utc(2026, 11, 1);
  EXPECT_EQ(times("0 0 13 * 5", start, here, 3), (Times{"2026-11-06T00:00", "2026-11-13T00:00", "2026-11-20T00:00"}));
  EXPECT_EQ(times("0 0 15 * 5", start, here, 2), (Times{"2026-11-06T00:00", "2026-11-13T00:00"}));
  EXPECT_EQ(times("0 0 */13 * 5", start, here, 2), (Times{"2026-11-27T00:00", "2027-01-01T00:00"}));
  EXPECT_EQ(times("0 0 29 2 *", start, here, 2), (Times{"2028-02-29T00:00", "2032-02-29T00:00"}));
  EXPECT_EQ(times("0 0 29 2 *", utc(2097, 1, 1), here, 1), (Times{"2104-02-29T00:00"}));
}

TEST(Cron, AJobInAnHourThatIsSkippedRunsOnceAfterIt) {
  const TimeZone berlin = zone("Europe/Berlin");  // 29 March 2026, 02:00 -> 03:00, which is 01:00 UTC
  const WallTime before = utc(2026, 3, 28, 12);
  EXPECT_EQ(times("30 2 * * *", before, berlin, 2), (Times{"2026-03-29T01:00", "2026-03-30T00:30"}));
  EXPECT_EQ(times("0,10,50 2 * * *", before, berlin, 2), (Times{"2026-03-29T01:00", "2026-03-30T00:00"}));
  EXPECT_EQ(times("0 2,3 * * *", before, berlin, 2), (Times{"2026-03-29T01:00", "2026-03-30T00:00"}));
  EXPECT_EQ(times("*/30 2 * * *", before, berlin, 1), (Times{"2026-03-30T00:00"}));
  EXPECT_EQ(times("30 * * * *", utc(2026, 3, 29, 0), berlin, 2), (Times{"2026-03-29T00:30", "2026-03-29T01:30"}));
}

TEST(Cron, AJobInAnHourThatComesTwiceRunsOnce) {
  const TimeZone berlin = zone("Europe/Berlin");  // 25 October 2026, 03:00 -> 02:00, which is 01:00 UTC
  const WallTime before = utc(2026, 10, 24, 12);
  EXPECT_EQ(times("30 2 * * *", before, berlin, 2), (Times{"2026-10-25T00:30", "2026-10-26T01:30"}));
  EXPECT_EQ(times("0 3 * * *", before, berlin, 1), (Times{"2026-10-25T02:00"}));
  EXPECT_EQ(times("30 * * * *", utc(2026, 10, 25, 0), berlin, 3),
            (Times{"2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"}));
}

TEST(Cron, ADayThatAPlaceLeftOutIsNotMadeUpFor) {
  const TimeZone apia = zone("Pacific/Apia");  // no 30 December 2011
  EXPECT_EQ(times("0 12 * * *", utc(2011, 12, 29), apia, 2), (Times{"2011-12-29T22:00", "2011-12-30T22:00"}));
  EXPECT_EQ(times("0 12 30 12 *", utc(2011, 1, 1), apia, 1), (Times{"2012-12-29T22:00"}));
}

struct Bad {
  const char* expression;
  const char* message;
};

class CronMistake : public testing::TestWithParam<Bad> {};

TEST_P(CronMistake, IsNamedWithItsPlace) {
  const auto cron = CronExpression::parse(GetParam().expression);
  ASSERT_FALSE(cron.has_value());
  EXPECT_EQ(cron.error().message, GetParam().message);
}

#define AT(column) "column " #column " of the cron expression: "

INSTANTIATE_TEST_SUITE_P(
    Cron, CronMistake,
    testing::Values(Bad{"", AT(1) "the field of the minute is missing; there are five"},
                    Bad{"0 25 * * *", AT(3) "25 is no hour (0 to 23)"},
                    Bad{"60 * * * *", AT(1) "60 is no minute (0 to 59)"},
                    Bad{"0 0 0 * *", AT(5) "0 is no day of the month (1 to 31)"},
                    Bad{"0 0 * foo *", AT(7) "FOO is no month (1 to 12, JAN to DEC)"},
                    Bad{"0 0 * * 8", AT(9) "8 is no day of the week (0 to 7, SUN to SAT)"},
                    Bad{"0 0 * * ", AT(9) "the field of the day of the week is missing; there are five"},
                    Bad{"0 0 * * * *", AT(11) "more than five fields; write seconds and commands elsewhere"},
                    Bad{"0, * * * *", AT(3) "the minute is missing (0 to 59)"},
                    Bad{"*/0 * * * *", AT(3) "behind '/' stands a step of at least 1"},
                    Bad{"*/x * * * *", AT(3) "behind '/' stands a step of at least 1"},
                    Bad{"5-1 * * * *", AT(1) "the range ends before it begins"},
                    Bad{"0 0 * * sat-sun", AT(9) "the range ends before it begins; as the end of a week Sunday is 7"},
                    Bad{"0~59 * * * *", AT(2) "a time at random ('~') is known to cron alone; write the time itself"},
                    Bad{"0 0 ? * *", AT(5) "the day of the month is missing (1 to 31)"},
                    Bad{"0 0 * * 1#6", AT(11) "behind '#' stands 1 to 5: the first to the fifth of the month"},
                    Bad{"99999999999999999999 * * * *", AT(1) "9999999999999999 is no minute (0 to 59)"},
                    Bad{"1\x1b[2J * * * *", AT(2) "'\\x1b' has no place in the minute"},
                    Bad{"@reboot", "@reboot has no times; give period and grace instead"},
                    Bad{"@often", "the names for times are @yearly, @monthly, @weekly, @daily and @hourly"},
                    Bad{"0 0 31 2 *", "this cron expression never comes: no year has such a day"},
                    Bad{"0 0 31 2,4,6,9,11 *", "this cron expression never comes: no year has such a day"}));

TEST(Cron, AnExpressionWithoutEndIsRefused) {
  EXPECT_FALSE(CronExpression::parse(std::string(kMaxCronBytes + 1, '1')).has_value());
  EXPECT_FALSE(CronExpression::parse(std::string(10'000'000, ',')).has_value());
}

// A field as a set of numbers and as the text that means it.
struct Field {
  std::set<unsigned> values;
  std::string text;
};

Field random_field(std::mt19937_64& random, unsigned first, unsigned last, bool often_all) {
  Field field;
  const auto add = [&field](unsigned from, unsigned to, unsigned step) {
    for (unsigned v = from; v <= to; v += step) field.values.insert(v);
  };
  if (base::below(random, 3) < (often_all ? 2 : 1)) {
    const auto step = static_cast<unsigned>(base::below(random, 3) == 0 ? 1 + base::below(random, last) : 1);
    add(first, last, step);
    field.text = step == 1 ? "*" : "*/" + std::to_string(step);
    return field;
  }
  for (auto terms = 1 + base::below(random, 3); terms != 0; --terms) {
    const auto a = static_cast<unsigned>(first + base::below(random, last - first + 1));
    const auto b = static_cast<unsigned>(a + base::below(random, last - a + 1));
    const auto step = static_cast<unsigned>(1 + base::below(random, 4));
    if (!field.text.empty()) field.text += ',';
    if (base::below(random, 2) == 0) {
      add(a, a, 1);
      field.text += std::to_string(a);
    } else {
      add(a, b, step);
      field.text += std::to_string(a) + '-' + std::to_string(b) + '/' + std::to_string(step);
    }
  }
  return field;
}

// cron as cronie does it: a look at the clock every minute.
class Watched {
 public:
  explicit Watched(std::mt19937_64& random)
      : minute_(random_field(random, 0, 59, false)),
        hour_(random_field(random, 0, 23, false)),
        day_(random_field(random, 1, 31, true)),
        month_(random_field(random, 1, 12, true)),
        weekday_(random_field(random, 0, 7, true)) {}

  std::string text() const {
    return minute_.text + ' ' + hour_.text + ' ' + day_.text + ' ' + month_.text + ' ' + weekday_.text;
  }

  // The times in [from, from + days).
  std::vector<WallTime> times(WallTime from, int days, const TimeZone& place) const {
    std::vector<WallTime> found;
    const bool wild = minute_.text.front() == '*' || hour_.text.front() == '*';
    std::optional<std::int64_t> shown;
    for (std::int64_t i = -2 * 1440; i < days * 1440LL; ++i) {
      const WallTime now = from + Duration::minutes(i);
      const std::int64_t local = (now + place.span_at(now).offset).in_nanoseconds() / 60'000'000'000;
      bool runs = false;
      if (wild || !shown || local - *shown >= 180 || *shown - local >= 180) {
        runs = fits(local);
        shown = local;
      } else {
        for (; *shown < local;) runs = fits(++*shown) || runs;
      }
      if (runs && i >= 0) found.push_back(now);
    }
    return found;
  }

 private:
  bool fits(std::int64_t local) const {
    const std::chrono::sys_days date{std::chrono::days(local / 1440)};
    const std::chrono::year_month_day civil(date);
    const auto in_day = static_cast<unsigned>(local % 1440);
    if (!minute_.values.contains(in_day % 60) || !hour_.values.contains(in_day / 60)) return false;
    if (!month_.values.contains(static_cast<unsigned>(civil.month()))) return false;
    const unsigned weekday = std::chrono::weekday(date).c_encoding();
    const bool a = day_.values.contains(static_cast<unsigned>(civil.day()));
    const bool b = weekday_.values.contains(weekday) || (weekday == 0 && weekday_.values.contains(7));
    return day_.text.front() == '*' || weekday_.text.front() == '*' ? a && b : a || b;
  }

  Field minute_;
  Field hour_;
  Field day_;
  Field month_;
  Field weekday_;
};

TEST(Cron, SaysWhatALookEveryMinuteSays) {
  auto random = base::seeded_random();
  const char* const places[] = {"UTC",          "Europe/Berlin",     "America/New_York", "Australia/Lord_Howe",
                                "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia",     "Africa/Casablanca"};
  for (int round = 0; round < 160; ++round) {
    const Watched watched(random);
    const TimeZone place = zone(places[base::below(random, std::size(places))]);
    const WallTime from = utc(1996 + static_cast<int>(base::below(random, 40)), 1, 1);
    SCOPED_TRACE(watched.text() + " in " + place.name() + " from " + base::to_string(from));
    const auto cron = CronExpression::parse(watched.text());
    const auto wanted = watched.times(from, 370, place);
    if (!cron) {
      EXPECT_TRUE(wanted.empty());
      continue;
    }
    std::vector<WallTime> got;
    const WallTime end = from + Duration::hours(24 * 370);
    for (auto next = cron->next(from - Duration::nanoseconds(1), place); next && *next < end;
         next = cron->next(*next, place)) {
      got.push_back(*next);
    }
    ASSERT_EQ(got.size(), wanted.size());
    ASSERT_EQ(got, wanted);
  }
}

// Times of croniter 1.3.5, for expressions that it and cron read alike.
TEST(Cron, AgreesWithCroniter) {
  const TimeZone here = zone("UTC");
  struct Row {
    const char* expression;
    Times times;
  };
  const Row rows[] = {
      {"*/7 * * * *", {"2024-02-28T00:00", "2024-02-28T00:07", "2024-02-28T00:14"}},
      {"0 */5 * * *", {"2024-02-28T00:00", "2024-02-28T05:00", "2024-02-28T10:00"}},
      {"13 4-20/4 * * *", {"2024-02-28T04:13", "2024-02-28T08:13", "2024-02-28T12:13"}},
      {"0 12 1 * 1", {"2024-03-01T12:00", "2024-03-04T12:00", "2024-03-11T12:00"}},
      {"0 0 29 2 *", {"2024-02-29T00:00", "2028-02-29T00:00", "2032-02-29T00:00"}},
      {"59 23 31 * *", {"2024-03-31T23:59", "2024-05-31T23:59", "2024-07-31T23:59"}},
      {"5 5 5 5 *", {"2024-05-05T05:05", "2025-05-05T05:05", "2026-05-05T05:05"}},
      {"0 0 L * *", {"2024-02-29T00:00", "2024-03-31T00:00", "2024-04-30T00:00"}},
      {"0 9 * * 1#1", {"2024-03-04T09:00", "2024-04-01T09:00", "2024-05-06T09:00"}},
      {"*/20 0-6/2 10-20 */3 *", {"2024-04-10T00:00", "2024-04-10T00:20", "2024-04-10T00:40"}},
      {"0 0 1,15 * 3", {"2024-02-28T00:00", "2024-03-01T00:00", "2024-03-06T00:00"}},
      {"30 6 * 6-8 sat,sun", {"2024-06-01T06:30", "2024-06-02T06:30", "2024-06-08T06:30"}},
      {"0 22 * dec 1-5", {"2024-12-02T22:00", "2024-12-03T22:00", "2024-12-04T22:00"}},
      {"15 14 1 * *", {"2024-03-01T14:15", "2024-04-01T14:15", "2024-05-01T14:15"}},
      {"0 4 8-14 * *", {"2024-03-08T04:00", "2024-03-09T04:00", "2024-03-10T04:00"}},
      {"23 0-20/2 * * *", {"2024-02-28T00:23", "2024-02-28T02:23", "2024-02-28T04:23"}},
      {"0 0 * * 5-7", {"2024-03-01T00:00", "2024-03-02T00:00", "2024-03-03T00:00"}},
      {"0 0 30 1,4 *", {"2024-04-30T00:00", "2025-01-30T00:00", "2025-04-30T00:00"}},
  };
  for (const Row& row : rows)
    EXPECT_EQ(times(row.expression, utc(2024, 2, 27, 23, 58), here, 3), row.times) << row.expression;
}

}  // namespace
}  // namespace holter::heartbeat
