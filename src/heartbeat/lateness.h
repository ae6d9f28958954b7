// Lateness counts how late something was done, in a few classes that Prometheus can read as a histogram. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace holter::heartbeat {

class Lateness {
 public:
  // Upper bounds of the classes in milliseconds; what is later than the last counts in the total alone.
  static constexpr std::array<std::int64_t, 10> kBounds = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000};

  void add(base::Duration late);
  // How many were at most kBounds[i] late.
  std::uint64_t within(std::size_t i) const { return within_[i]; }
  std::uint64_t total() const { return total_; }
  base::Duration sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size()> within_{};
  std::uint64_t total_ = 0;
  base::Duration sum_;
};

}  // namespace holter::heartbeat
