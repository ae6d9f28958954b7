#include "base/big_pages.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <numeric>
#include <vector>

namespace holter::base {
namespace {

TEST(BigPages, HoldWhatIsPutThereWhateverItsSize) {
  for (const std::size_t n : {std::size_t{1}, kBigPage / 8 - 1, kBigPage / 8, 3 * kBigPage / 8 + 1}) {
    std::vector<std::uint64_t, BigPages<std::uint64_t>> numbers(n);
    std::iota(numbers.begin(), numbers.end(), 1);
    EXPECT_EQ(numbers.back(), n);
    const bool at_a_page = std::bit_cast<std::uintptr_t>(numbers.data()) % kBigPage == 0;
    EXPECT_TRUE(at_a_page || n < kBigPage / 8) << n;
  }
}

}  // namespace
}  // namespace holter::base
