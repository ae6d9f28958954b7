// ChunkedVector grows without moving what it holds: no pause and no doubled memory when a table reaches a million
// rows, and references stay valid until pop_back(). Rows are kept in chunks of kChunk, found by a shift and a mask.
// One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace holter::base {

template <class T>
class ChunkedVector {
 public:
  static constexpr std::size_t kChunk = 4'096;

  ChunkedVector() = default;
  ChunkedVector(const ChunkedVector&) = delete;
  ChunkedVector& operator=(const ChunkedVector&) = delete;
  ~ChunkedVector() {
    while (size_ > 0) pop_back();
  }

  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Chunk>());
    T* row = std::construct_at(place(size_), std::forward<Arguments>(arguments)...);
    ++size_;
    return *row;
  }
  // The memory is kept for the next row.
  void pop_back() {
    HOLTER_ASSERT(size_ > 0);
    --size_;
    std::destroy_at(place(size_));
  }
  T& operator[](std::size_t i) { return *place(i); }
  const T& operator[](std::size_t i) const { return *const_cast<ChunkedVector*>(this)->place(i); }
  std::size_t size() const { return size_; }

 private:
  struct Chunk {
    alignas(T) std::byte rows[kChunk * sizeof(T)];
  };

  T* place(std::size_t i) { return std::launder(reinterpret_cast<T*>(chunks_[i / kChunk]->rows)) + i % kChunk; }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace holter::base
