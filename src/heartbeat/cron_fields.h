// The five fields of a cron expression as sets: minute, hour, day of the month, month, day of the week. The grammar is
// that of cronie and Debian's cron (numbers, names, ranges, lists, steps, @daily and its like) with "L" for the last
// day of a month, "5L" for its last Friday and "MON#2" for its second Monday, as healthchecks.io takes them. Pure; the
// text is hostile: at most kMaxCronBytes, and every loop is bounded by it.
#pragma once

#include <array>
#include <bitset>
#include <string_view>

#include "base/result.h"

namespace holter::heartbeat {

inline constexpr std::size_t kMaxCronBytes = 256;

struct CronFields {
  using Weekdays = std::bitset<7>;  // from Sunday

  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;    // from 1
  std::bitset<13> months;  // from 1
  Weekdays weekdays;
  bool last_day = false;
  Weekdays last_weekdays;
  std::array<Weekdays, 6> nth_weekdays;  // [2]: the second ones; from 1
  // A field of days that begins with '*': a day has to fit both fields. Else one is enough.
  bool fits_both = false;
  // The field of minutes or of hours begins with '*': it goes by what the clock shows, also when clocks are set.
  bool follows_clock = false;
};

// What is wrong is said with its column, from 1.
base::Result<CronFields> parse_cron_fields(std::string_view text);

}  // namespace holter::heartbeat
