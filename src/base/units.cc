#include "base/units.h"

#include <array>
#include <charconv>
#include <cmath>

namespace holter::base {
namespace {

template <class Number>
struct Unit {
  std::string_view name;
  Number factor;
};

constexpr double kMostSeconds = 100.0 * 366 * 86'400;
constexpr std::array<Unit<double>, 6> kDurations = {
    {{"us", 0.000'001}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}}};
constexpr std::uint64_t kMostBytes = 1ULL << 60;
constexpr std::array<Unit<std::uint64_t>, 10> kSizes = {{{"", 1},
                                                         {"B", 1},
                                                         {"kB", 1'000},
                                                         {"KiB", 1ULL << 10},
                                                         {"MB", 1'000'000},
                                                         {"MiB", 1ULL << 20},
                                                         {"GB", 1'000'000'000},
                                                         {"GiB", 1ULL << 30},
                                                         {"TB", 1'000'000'000'000},
                                                         {"TiB", 1ULL << 40}}};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  double count = 0;
  const char* end_of_text = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), end_of_text, count, std::chars_format::fixed);
  if (failure != std::errc()) return std::nullopt;
  const std::string_view name(end, static_cast<std::size_t>(end_of_text - end));
  for (const auto& unit : kDurations) {
    const double seconds = count * unit.factor;
    if (unit.name != name) continue;
    if (seconds > kMostSeconds || seconds < 1e-9) return std::nullopt;
    return Duration::nanoseconds(std::llround(seconds * 1e9));
  }
  return std::nullopt;
}

std::string duration_text(Duration duration) {
  constexpr std::pair<std::int64_t, std::string_view> units[] = {
      {86'400'000'000, "d"}, {3'600'000'000, "h"}, {60'000'000, "m"}, {1'000'000, "s"}, {1'000, "ms"}};
  const std::int64_t us = duration.in_microseconds();
  for (const auto& [size, name] : units) {
    if (us != 0 && us % size == 0) return std::to_string(us / size) + std::string(name);
  }
  return std::to_string(us) + "us";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t count = 0;
  const char* end_of_text = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), end_of_text, count);
  if (failure != std::errc() || count == 0) return std::nullopt;
  const std::string_view name(end, static_cast<std::size_t>(end_of_text - end));
  for (const auto& unit : kSizes) {
    if (unit.name != name) continue;
    return count > kMostBytes / unit.factor ? std::nullopt : std::optional(count * unit.factor);
  }
  return std::nullopt;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> names = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  std::uint64_t rest = 0;  // of the next smaller unit, of 1,024
  while (bytes >= 1'024 && unit + 1 < names.size()) {
    rest = bytes % 1'024;
    bytes /= 1'024;
    ++unit;
  }
  const std::uint64_t tenth = rest * 10 / 1'024;
  const std::string decimal = tenth == 0 || bytes >= 100 ? "" : '.' + std::to_string(tenth);
  return std::to_string(bytes) + decimal + ' ' + std::string(names.at(unit));
}

}  // namespace holter::base
