// A race of detectors over the same pulses: every one judges the same sessions on the same links, so that their figures
// can be compared. A false down is a silence of a living session that outlasts a detector's patience. How soon a really
// dead one is noticed is asked at random moments: from its death to the end of the patience that ran then.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/scenarios/lossy_link.h"
#include "suspicion/silence.h"

namespace holter::sim {

inline constexpr std::array<std::string_view, 5> kRunners = {"fixed", "phi normal", "phi normal, pause 3",
                                                             "phi exponential", "adaptive"};

struct Course {
  LinkWeather weather;
  suspicion::Pace pace;
  std::uint32_t sessions = 1'000;
  std::uint64_t pulses = 86'400;  // of each session
};

struct Result {
  std::uint64_t false_downs = 0;
  std::vector<double> detections;  // seconds, sorted
};

std::array<Result, kRunners.size()> race(const Course& course, std::uint64_t seed);

}  // namespace holter::sim
