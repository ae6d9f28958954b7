// Chance that repeats: the same seed gives the same throws, on any machine and with any library (splitmix64). Each
// choice of each fault has dice of its own, so that no fault moves the throws of another.
#pragma once

#include <cstdint>

namespace holter::impair {

class Dice {
 public:
  explicit constexpr Dice(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
    return mixed ^ (mixed >> 31);
  }
  // 0 <= share < 1
  constexpr double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  // Dice that have nothing in common with those of another `purpose`.
  constexpr Dice apart(std::uint64_t purpose) const { return Dice(Dice(state_ ^ (purpose << 32)).next()); }

 private:
  std::uint64_t state_;
};

}  // namespace holter::impair
