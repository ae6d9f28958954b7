#include "api/parameters.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/nearest.h"
#include "base/units.h"
#include "base/untrusted_text.h"

namespace holter::api {
namespace {

constexpr std::size_t kShownBytes = 100;  // of a wrong value
constexpr std::size_t kMaxMistakes = 20;  // told at once

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string quoted(std::string_view value) {
  return '\'' + base::UntrustedText(value, kShownBytes).for_terminal() + '\'';
}

// "2026-03-01": empty when there is no such day.
std::optional<std::chrono::sys_days> day_of(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number_of<unsigned>(text.substr(0, 4));
  const auto month = number_of<unsigned>(text.substr(5, 2));
  const auto day = number_of<unsigned>(text.substr(8, 2));
  if (!year || !month || !day || *year < 1970 || *year > 2261) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

// "12:34:56": empty when it is no time of day.
std::optional<std::int64_t> second_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = number_of<unsigned>(text.substr(0, 2));
  const auto minute = number_of<unsigned>(text.substr(3, 2));
  const auto second = number_of<unsigned>(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return *hour * 3'600 + *minute * 60 + *second;
}

// ".789" as nanoseconds, "" as none.
std::optional<std::int64_t> fraction_of(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() < 2 || text.size() > 10 || text[0] != '.') return std::nullopt;
  std::string digits(text.substr(1));
  digits.resize(9, '0');
  return number_of<std::uint32_t>(digits);
}

}  // namespace

std::optional<base::WallTime> parse_moment(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ') || text.back() != 'Z') return std::nullopt;
  const auto day = day_of(text.substr(0, 10));
  const auto seconds = second_of_day(text.substr(11, 8));
  const auto fraction = fraction_of(text.substr(19, text.size() - 20));
  if (!day || !seconds || !fraction) return std::nullopt;
  const std::int64_t since_epoch = day->time_since_epoch().count() * 86'400LL + *seconds;
  return base::WallTime::from_nanoseconds(*fraction) + base::Duration::seconds(since_epoch);
}

std::string Parameters::text(const std::string& name, std::string fallback) {
  known_.push_back(name);
  const auto found = query_.find(name);
  return found == query_.end() || found->second.empty() ? std::move(fallback) : found->second;
}

std::uint64_t Parameters::number(const std::string& name, std::uint64_t least, std::uint64_t most,
                                 std::uint64_t fallback) {
  const std::string given = text(name);
  if (given.empty()) return fallback;
  const auto value = number_of<std::uint64_t>(given);
  if (value && *value >= least && *value <= most) return *value;
  refuse(name, quoted(given) + " is not a number from " + std::to_string(least) + " to " + std::to_string(most));
  return fallback;
}

std::optional<base::WallTime> Parameters::moment(const std::string& name, base::WallTime now) {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  if (const auto back = base::parse_duration(given)) return now - *back;
  if (const auto moment = parse_moment(given)) return moment;
  refuse(name, quoted(given) +
                   " is neither a duration back from now such as 90s, 10m, 2h or 7d, nor a moment such as "
                   "2026-03-01T12:00:00Z");
  return std::nullopt;
}

std::string Parameters::word(const std::string& name, const std::vector<std::string>& words, std::string fallback) {
  const std::string given = text(name);
  if (given.empty()) return fallback;
  if (std::ranges::find(words, given) != words.end()) return given;
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  refuse(name, quoted(given) + " is none of " + all + base::did_you_mean(given, words));
  return fallback;
}

void Parameters::refuse(const std::string& name, const std::string& what) { mistakes_.push_back(name + ": " + what); }

std::optional<base::Error> Parameters::mistakes() const {
  std::vector<std::string> all = mistakes_;
  for (const auto& [name, value] : query_) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    all.push_back(quoted(name) + " is no parameter of this path" + base::did_you_mean(name, known_));
  }
  if (all.empty()) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kMaxMistakes); ++i) text += (i == 0 ? "" : "\n") + all[i];
  if (all.size() > kMaxMistakes) text += "\nand " + std::to_string(all.size() - kMaxMistakes) + " more";
  return base::Error{base::ErrorKind::invalid, text};
}

}  // namespace holter::api
