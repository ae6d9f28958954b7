// Slots holds rows by number in chunks that are made as they are needed and never move; a row that was given back is
// given out again before a new chunk is made. Nothing is allocated unless more rows are out than ever before. One
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace holter::flow {

inline constexpr std::uint32_t kNone = 0xffffffff;  // no row

// `free_link(row)`: a number in the row that is used for nothing while the row is given back.
template <class Row, auto free_link>
class Slots {
 public:
  Row& operator[](std::uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }
  const Row& operator[](std::uint32_t number) const { return chunks_[number / kChunk][number % kChunk]; }

  // All rows below this number may have been given out.
  std::uint32_t end() const { return static_cast<std::uint32_t>(chunks_.size() * kChunk); }

  // A row as new.
  std::uint32_t take() {
    if (free_ == kNone) add_chunk();
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
  static constexpr std::uint32_t kChunk = 256;

  void add_chunk() {
    const std::uint32_t first = end();
    chunks_.push_back(std::make_unique<Row[]>(kChunk));
    for (std::uint32_t i = kChunk; i-- > 0;) {
      free_link((*this)[first + i]) = free_;
      free_ = first + i;
    }
  }

  std::vector<std::unique_ptr<Row[]>> chunks_;
  std::uint32_t free_ = kNone;
};

}  // namespace holter::flow
