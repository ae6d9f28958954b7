#include "base/chunked_vector.h"

#include <gtest/gtest.h>

#include <string>

namespace holter::base {
namespace {

TEST(ChunkedVector, GrowsWithoutMovingWhatItHolds) {
  ChunkedVector<std::string> rows;
  const std::string* first = &rows.emplace_back("the first row, long enough for the heap");
  constexpr std::size_t kRows = 3 * ChunkedVector<std::string>::kChunk + 1;
  while (rows.size() < kRows) rows.emplace_back(std::to_string(rows.size()));
  EXPECT_EQ(first, &rows[0]);
  EXPECT_EQ(rows[kRows - 1], std::to_string(kRows - 1));
}

TEST(ChunkedVector, GivesRowsBackInTurn) {
  ChunkedVector<std::shared_ptr<int>> rows;
  const auto counted = std::make_shared<int>(7);
  rows.emplace_back(counted);
  rows.emplace_back(counted);
  rows.pop_back();
  EXPECT_EQ(counted.use_count(), 2);
  EXPECT_EQ(rows.size(), 1U);
  *rows.emplace_back(std::make_shared<int>(8)) += 1;
  EXPECT_EQ(*rows[1], 9);
}

}  // namespace
}  // namespace holter::base
