// SeededRandom is the only source of chance in a simulated world: xoshiro256** (Blackman and Vigna, 2018), its state
// filled by splitmix64 from one number, so that the same seed gives the same world on every machine. fork() derives an
// independent stream for a part of the world, so that one part drawing more numbers does not move all others.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "env/random.h"

namespace holter::sim {

class SeededRandom final : public env::Random {
 public:
  explicit SeededRandom(std::uint64_t seed);

  void fill(std::span<std::uint8_t> into) override;

  // True with probability `p`; draws a number even for 0 and 1, so that a fault switched off moves nothing else.
  bool chance(double p);
  // Uniform in [low, high].
  base::Duration between(base::Duration low, base::Duration high);
  SeededRandom fork(std::uint64_t purpose);

 private:
  std::uint64_t draw();

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace holter::sim
