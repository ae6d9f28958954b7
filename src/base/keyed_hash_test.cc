#include "base/keyed_hash.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

// The key and the inputs of the paper's appendix A and of its reference implementation: 00 01 02 ...
constexpr HashKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::uint64_t hash_of_first(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<char>(i));
  return keyed_hash(kKey, bytes);
}

TEST(KeyedHash, IsSipHash24) {
  EXPECT_EQ(hash_of_first(0), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(hash_of_first(1), 0x74f839c593dc67fdU);
  EXPECT_EQ(hash_of_first(8), 0x93f5f5799a932462U);
  EXPECT_EQ(hash_of_first(15), 0xa129ca6149be45e5U);
}

TEST(KeyedHash, DependsOnTheKey) { EXPECT_NE(keyed_hash({1, 2}, "db1"), keyed_hash({1, 3}, "db1")); }

}  // namespace
}  // namespace holter::base
