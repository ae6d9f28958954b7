#include "app/local_time.h"

#include <fmt/format.h>

#include <ctime>

namespace holter::app {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::tm local(base::WallTime at) {
  // Rounded down, also before 1970.
  const std::int64_t ns = at.in_nanoseconds();
  const std::time_t seconds = ns / kSecond - (ns % kSecond < 0 ? 1 : 0);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

std::int64_t milliseconds(base::WallTime at) {
  return ((at.in_nanoseconds() % kSecond) + kSecond) % kSecond / 1'000'000;
}

std::string date(const std::tm& day) {
  return fmt::format("{:04}-{:02}-{:02}", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

std::string time_of_day(const std::tm& moment) {
  return fmt::format("{:02}:{:02}:{:02}", moment.tm_hour, moment.tm_min, moment.tm_sec);
}

}  // namespace

std::string local_stamp(base::WallTime at) {
  const std::tm then = local(at);
  return fmt::format("{} {},{:03}", date(then), time_of_day(then), milliseconds(at));
}

std::string local_time(base::WallTime at, base::WallTime now) {
  const std::tm then = local(at);
  const std::tm today = local(now);
  if (then.tm_year != today.tm_year || then.tm_yday != today.tm_yday) return dated_time(at);
  return fmt::format("{}.{:03}", time_of_day(then), milliseconds(at));
}

std::string dated_time(base::WallTime at) {
  const std::tm then = local(at);
  return fmt::format("{} {}.{:03}", date(then), time_of_day(then), milliseconds(at));
}

}  // namespace holter::app
