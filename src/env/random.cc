#include "env/random.h"

#include <array>

#include "base/assert.h"

namespace holter::env {

std::uint64_t Random::next() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
  HOLTER_ASSERT(bound > 0);
  // Numbers below `skewed` would make the small remainders more likely than the others.
  const std::uint64_t skewed = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t value = next();
    if (value >= skewed) return value % bound;
  }
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

}  // namespace holter::env
