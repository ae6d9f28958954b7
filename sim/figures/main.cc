// presence_figures prints the tables of docs/benchmarks.md: false downs and detection times of fixed timing, phi
// accrual and holter's suspicion over the same lost pulses. HOLTER_SEED chooses the pulses, a number as argument the
// sessions.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "sim/figures/race.h"
#include "sim/scenarios/pulse_world.h"

namespace holter::sim {
namespace {

using base::Duration;

constexpr Duration kDay = Duration::hours(24);
constexpr Duration kJitter = Duration::milliseconds(5);

struct Named {
  std::string_view name;
  LinkWeather weather;
};

const std::vector<Named> kWeathers = {
    {"no loss", {.jitter = kJitter}},
    {"loss 0.1 %", {.loss = 0.001, .jitter = kJitter}},
    {"loss 1 %", {.loss = 0.01, .jitter = kJitter}},
    {"loss 5 %", {.loss = 0.05, .jitter = kJitter}},
    {"loss 20 %, no jitter", {.loss = 0.2}},
    {"loss 20 %", {.loss = 0.2, .jitter = kJitter}},
    {"loss 0.1 % in bursts of 4", {.loss = 0.001, .burst = 4, .jitter = kJitter}},
    {"loss 5 % in bursts of 2", {.loss = 0.05, .burst = 2, .jitter = kJitter}},
    {"loss 5 % in bursts of 4", {.loss = 0.05, .burst = 4, .jitter = kJitter}},
    {"1 % late by up to 0.8 s", {.peaks = 0.01, .jitter = kJitter, .peak = Duration::milliseconds(800)}},
};

// Seconds, at the place `share` of the sorted ones.
double at(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto place = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(place, sorted.size() - 1)];
}

void print_head(std::string_view title) {
  fmt::print("\n{}\n\n| link |", title);
  for (const auto runner : kRunners) fmt::print(" {} |", runner);
  fmt::print("\n|---|---|---|---|---|---|\n");
}

void print_races(const suspicion::Pace& pace, std::uint32_t sessions, std::uint64_t seed) {
  const auto pulses = static_cast<std::uint64_t>(kDay.in_nanoseconds() / pace.interval.in_nanoseconds());
  std::vector<std::array<Result, kRunners.size()>> all;
  for (const Named& one : kWeathers) all.push_back(race({one.weather, pace, sessions, pulses}, seed));
  const std::string what =
      fmt::format("{} x {}, {} sessions, a day", to_string(pace.interval), pace.multiplier, sessions);
  print_head("False downs: " + what);
  for (std::size_t i = 0; i < all.size(); ++i) {
    fmt::print("| {} |", kWeathers[i].name);
    for (const Result& result : all[i]) fmt::print(" {} |", result.false_downs);
    fmt::print("\n");
  }
  print_head("Seconds from a death to its detection, p50 / p99 / max: " + what);
  for (std::size_t i = 0; i < all.size(); ++i) {
    fmt::print("| {} |", kWeathers[i].name);
    for (const Result& result : all[i]) {
      const auto& seconds = result.detections;
      fmt::print(" {:.2f} / {:.2f} / {:.2f} |", at(seconds, 0.5), at(seconds, 0.99), at(seconds, 1));
    }
    fmt::print("\n");
  }
}

// The whole session table instead of an estimator alone.
void print_table(std::uint32_t sessions, std::uint64_t seed) {
  fmt::print("\nThe session table itself, 1 s x 5, loss 20 %, no asks, {} sessions, a day\n\n", sessions);
  fmt::print("| detection time | downs of living sessions | broken promises |\n|---|---|---|\n");
  for (const bool adaptive : {false, true}) {
    PulseWorld world({.sessions = sessions, .weather = {.loss = 0.2}, .adaptive = adaptive, .seed = seed});
    world.run_for(kDay);
    const std::string verdict = world.judge().verdict();
    fmt::print("| {} | {} | {} |\n", adaptive ? "adaptive" : "fixed", world.judge().false_downs(),
               verdict.empty() ? "none" : verdict);
  }
}

}  // namespace
}  // namespace holter::sim

int main(int argc, char** argv) {
  using holter::base::Duration;
  const char* const chosen = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = chosen == nullptr ? 1 : std::strtoull(chosen, nullptr, 10);
  const auto sessions = argc > 1 ? static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10)) : 1'000;
  fmt::print("seed {}\n", seed);
  holter::sim::print_races({Duration::seconds(1), 5}, sessions, seed);
  holter::sim::print_races({Duration::milliseconds(100), 3}, std::max(sessions / 10, 1U), seed);
  holter::sim::print_table(sessions, seed);
}
