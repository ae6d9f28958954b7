#include "heartbeat/cron.h"

#include <algorithm>
#include <chrono>

namespace holter::heartbeat {
namespace {

using std::chrono::year_month_day;

constexpr std::int64_t kMinutesOfDay = 24 * 60;
constexpr std::int64_t kNsOfSecond = 1'000'000'000;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return -floor_divide(-a, b); }

std::int64_t seconds_of(base::WallTime at) { return floor_divide(at.in_nanoseconds(), kNsOfSecond); }
std::int64_t seconds_of(base::Duration d) { return floor_divide(d.in_nanoseconds(), kNsOfSecond); }
base::WallTime wall_of(std::int64_t seconds) { return base::WallTime() + base::Duration::seconds(seconds); }

// The first whole minute that is not before.
std::int64_t minute_from(std::int64_t local_seconds) { return ceil_divide(local_seconds, 60); }

bool fits_day_of_month(const CronFields& fields, year_month_day date, unsigned last) {
  const unsigned day = static_cast<unsigned>(date.day());
  return fields.days[day] || (fields.last_day && day == last);
}

bool fits_weekday(const CronFields& fields, year_month_day date, unsigned last) {
  const unsigned weekday = std::chrono::weekday(std::chrono::sys_days(date)).c_encoding();
  const unsigned day = static_cast<unsigned>(date.day());
  return fields.weekdays[weekday] || (fields.last_weekdays[weekday] && day + 7 > last) ||
         fields.nth_weekdays[(day + 6) / 7][weekday];
}

bool fits(const CronFields& fields, year_month_day date) {
  const unsigned last = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  const bool month_day = fits_day_of_month(fields, date, last);
  const bool weekday = fits_weekday(fields, date, last);
  return fields.fits_both ? month_day && weekday : month_day || weekday;
}

}  // namespace

base::Result<CronExpression> CronExpression::parse(std::string_view text) {
  const auto fields = parse_cron_fields(text);
  if (!fields) return fields.error();
  CronExpression expression(text, *fields);
  if (!expression.next_local(0)) {
    return base::Error{base::ErrorKind::invalid, "this cron expression never comes: no year has such a day"};
  }
  return expression;
}

std::optional<unsigned> CronExpression::next_in_day(unsigned from) const {
  for (unsigned hour = from / 60; hour < 24; ++hour) {
    if (!fields_.hours[hour]) continue;
    for (unsigned minute = hour == from / 60 ? from % 60 : 0; minute < 60; ++minute) {
      if (fields_.minutes[minute]) return hour * 60 + minute;
    }
  }
  return std::nullopt;
}

std::optional<CronExpression::Minute> CronExpression::next_local(Minute from) const {
  std::chrono::sys_days day{std::chrono::days(floor_divide(from, kMinutesOfDay))};
  auto minute = static_cast<unsigned>(from - floor_divide(from, kMinutesOfDay) * kMinutesOfDay);
  const auto end = day + std::chrono::days(366) * kHorizonYears;
  while (day < end) {
    const year_month_day date(day);
    if (!fields_.months[static_cast<unsigned>(date.month())]) {
      day = std::chrono::sys_days(date.year() / date.month() / 1 + std::chrono::months(1));
      minute = 0;
      continue;
    }
    if (fits(fields_, date)) {
      if (const auto found = next_in_day(minute)) return day.time_since_epoch().count() * kMinutesOfDay + *found;
    }
    day += std::chrono::days(1);
    minute = 0;
  }
  return std::nullopt;
}

CronExpression::Shift CronExpression::shift_before(const TimeZone::Span& span, const TimeZone& zone) const {
  const Second begin = seconds_of(span.begin);
  Shift shift{false, begin};
  if (fields_.follows_clock) return shift;
  const Second before = seconds_of(zone.span_at(span.begin - base::Duration::seconds(1)).offset);
  const Second after = seconds_of(span.offset);
  const Second large = seconds_of(kLargeShift);
  if (after > before && after - before < large) {
    const auto skipped = next_local(minute_from(begin + before));
    shift.made_up = skipped && *skipped * 60 < begin + after;
  }
  if (after < before && before - after < large) shift.counts_from = begin + before - after;
  return shift;
}

// Within a span local time runs as UTC does; so: span by span.
std::optional<base::WallTime> CronExpression::next(base::WallTime after, const TimeZone& zone) const {
  Second from = seconds_of(after) + 1;
  const Second horizon = from + Second(kHorizonYears) * 366 * 86'400;
  while (from < horizon) {
    const TimeZone::Span span = zone.span_at(wall_of(from));
    const Second offset = seconds_of(span.offset);
    const Shift shift = shift_before(span, zone);
    if (shift.made_up && seconds_of(span.begin) >= from) return span.begin;
    const auto local = next_local(minute_from(std::max(from, shift.counts_from) + offset));
    if (!local) return std::nullopt;
    const Second due = *local * 60 - offset;
    if (wall_of(due) < span.end) return wall_of(due);
    from = seconds_of(span.end);
  }
  return std::nullopt;
}

}  // namespace holter::heartbeat
