// Random is where unpredictable and seeded numbers come from: the kernel's getrandom, or a simulated world's seed.
// below() is holter's own, since the standard distributions differ between libraries and would break replays.
#pragma once

#include <cstdint>
#include <span>

namespace holter::env {

class Random {
 public:
  virtual ~Random() = default;

  virtual void fill(std::span<std::uint8_t> into) = 0;

  std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [0, 1).
  double unit();
};

}  // namespace holter::env
