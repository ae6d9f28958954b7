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

}  // namespace

std::string local_time(base::WallTime at, base::WallTime now) {
  const std::tm then = local(at);
  const std::tm today = local(now);
  const std::int64_t fraction = ((at.in_nanoseconds() % kSecond) + kSecond) % kSecond;
  const std::string time =
      fmt::format("{:02}:{:02}:{:02}.{:03}", then.tm_hour, then.tm_min, then.tm_sec, fraction / 1'000'000);
  if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday) return time;
  return fmt::format("{:04}-{:02}-{:02} {}", then.tm_year + 1900, then.tm_mon + 1, then.tm_mday, time);
}

}  // namespace holter::app
