// CronExpression says when a cron job runs next, in the time of a place. Pure.
//
// Where clocks are set, it does as cronie and Debian's cron do: a job of fixed times that falls into an hour that the
// clocks skip runs at once after it, and one in an hour that comes twice runs the first time only; a job whose minute
// or hour begins with '*' goes by what the clock shows. Changes of kLargeShift and more are corrections: nothing is
// made up for. An expression that no day fits (31 February) is a mistake; no search goes further than kHorizonYears.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "heartbeat/cron_fields.h"
#include "heartbeat/time_zone.h"

namespace holter::heartbeat {

class CronExpression {
 public:
  // A 29 February that is a Sunday comes every 28 years, and every 40 over a year like 2100.
  static constexpr int kHorizonYears = 50;
  static constexpr base::Duration kLargeShift = base::Duration::hours(3);

  static base::Result<CronExpression> parse(std::string_view text);

  // The first time after `after`, on a whole minute of the place.
  std::optional<base::WallTime> next(base::WallTime after, const TimeZone& zone) const;
  const std::string& text() const { return text_; }

 private:
  using Minute = std::int64_t;  // of local time, since the first of 1970
  using Second = std::int64_t;  // of UTC, since the first of 1970

  CronExpression(std::string_view text, const CronFields& fields) : text_(text), fields_(fields) {}

  std::optional<Minute> next_local(Minute from) const;
  std::optional<unsigned> next_in_day(unsigned from) const;
  // Where the span begins that the clocks were set at: the time of what they skipped, and where to go on.
  struct Shift {
    bool made_up = false;  // something that was skipped runs as the span begins
    Second counts_from;    // before, the clocks show what they have shown already
  };
  Shift shift_before(const TimeZone::Span& span, const TimeZone& zone) const;

  std::string text_;
  CronFields fields_;
};

}  // namespace holter::heartbeat
