// Seeds of the randomised tests of base: a fresh one each run, printed, or the one that HOLTER_SEED names, so that a
// failing run is repeated by its number.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace holter::base {

inline std::mt19937_64 seeded_random() {
  const char* const given = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "HOLTER_SEED=" << seed << '\n';
  return std::mt19937_64(seed);
}

// std distributions differ between libraries; the bias of a remainder does not matter here.
inline std::uint64_t below(std::mt19937_64& random, std::uint64_t limit) { return random() % limit; }

inline std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace holter::base
