#include "sim/random.h"

#include <bit>

namespace holter::sim {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  state += 0x9e37'79b9'7f4a'7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
  z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
  return z ^ (z >> 31);
}

}  // namespace

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (auto& word : state_) word = splitmix(seed);
}

std::uint64_t SeededRandom::draw() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(std::span<std::uint8_t> into) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (i % 8 == 0) word = draw();
    into[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
  }
}

bool SeededRandom::chance(double p) { return unit() < p; }

base::Duration SeededRandom::between(base::Duration low, base::Duration high) {
  const auto width = static_cast<std::uint64_t>((high - low).in_nanoseconds());
  return low + base::Duration::nanoseconds(static_cast<std::int64_t>(below(width + 1)));
}

SeededRandom SeededRandom::fork(std::uint64_t purpose) { return SeededRandom(draw() ^ purpose); }

}  // namespace holter::sim
