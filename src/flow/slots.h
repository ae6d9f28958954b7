// Slots holds rows by number in chunks that are made as they are needed and never move; a row that was given back is
// given out again before a new one is made. Nothing is allocated unless more rows are out than ever
// before. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/big_pages.h"

namespace holter::flow {

inline constexpr std::uint32_t kNone = 0xffffffff;  // no row

// `free_link(row)`: a number in the row that is used for nothing while the row is given back. Of rows that are touched
// all the time a chunk should fill big pages.
template <class Row, auto free_link, std::uint32_t kChunk>
class Slots {
 public:
  Row& operator[](std::uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }
  const Row& operator[](std::uint32_t number) const { return chunks_[number / kChunk][number % kChunk]; }

  // All rows below this number were given out once.
  std::uint32_t end() const { return end_; }

  // A row as new.
  std::uint32_t take() {
    if (free_ == kNone) return make();
    const std::uint32_t number = free_;
    Row& row = (*this)[number];
    free_ = free_link(row);
    row = Row();
    return number;
  }
  void give_back(std::uint32_t number) {
    Row& row = (*this)[number];
    row = Row();
    free_link(row) = free_;
    free_ = number;
  }

 private:
  std::uint32_t make() {
    if (end_ % kChunk == 0) chunks_.emplace_back().reserve(kChunk);
    chunks_.back().emplace_back();
    return end_++;
  }

  std::vector<std::vector<Row, base::BigPages<Row>>> chunks_;
  std::uint32_t end_ = 0;
  std::uint32_t free_ = kNone;
};

}  // namespace holter::flow
