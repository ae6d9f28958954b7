#include "base/time.h"

#include <fmt/format.h>

#include <cstdlib>

namespace holter::base {
namespace {

// Proleptic Gregorian date of a count of days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date
// algorithms", civil_from_days).
struct Date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

constexpr Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

std::string scaled(double value, const char* unit) {
  const double size = value < 0 ? -value : value;
  const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  std::string digits = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return digits + ' ' + unit;
}

}  // namespace

std::string to_string(Duration d) {
  const std::int64_t ns = d.in_nanoseconds();
  const std::uint64_t size = ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  if (size == 0) return "0 s";
  if (size < 1'000) return fmt::format("{} ns", ns);
  if (size < 1'000'000) return scaled(static_cast<double>(ns) / 1e3, "us");
  if (size < 1'000'000'000) return scaled(static_cast<double>(ns) / 1e6, "ms");
  if (size < 60'000'000'000) return scaled(static_cast<double>(ns) / 1e9, "s");
  const char* sign = ns < 0 ? "-" : "";
  const std::uint64_t seconds = size / 1'000'000'000;
  if (seconds < 3'600) return fmt::format("{}{} min {} s", sign, seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}{} h {} min", sign, seconds / 3'600, seconds % 3'600 / 60);
  return fmt::format("{}{} d {} h", sign, seconds / 86'400, seconds % 86'400 / 3'600);
}

std::string to_string(WallTime t) { return to_string(t, 3); }

std::string to_string(WallTime t, unsigned fraction_digits) {
  constexpr std::int64_t day_ns = 86'400'000'000'000;
  const std::int64_t ns = t.in_nanoseconds();
  const std::int64_t days = ns / day_ns - (ns % day_ns < 0 ? 1 : 0);
  const std::int64_t in_day = ns % day_ns < 0 ? ns % day_ns + day_ns : ns % day_ns;
  const std::int64_t seconds = in_day / 1'000'000'000;
  const Date date = date_of(days);
  const std::string fraction = fmt::format(".{:09}", in_day % 1'000'000'000);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", date.year, date.month, date.day, seconds / 3'600,
                     seconds / 60 % 60, seconds % 60,
                     std::string_view(fraction).substr(0, fraction_digits == 0 ? 0 : fraction_digits + 1));
}

}  // namespace holter::base
