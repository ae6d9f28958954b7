// The clock of the loads: bursts a slice of time apart.
#pragma once

#include <time.h>

#include <cerrno>
#include <cstdint>

inline constexpr std::int64_t kSlice = 1'000'000;  // ns between two bursts

// ns of that clock.
inline std::int64_t now(clockid_t clock = CLOCK_MONOTONIC) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

// Of CLOCK_MONOTONIC.
inline void sleep_until(std::int64_t at) {
  const timespec t{at / 1'000'000'000, at % 1'000'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr) == EINTR) continue;
}
