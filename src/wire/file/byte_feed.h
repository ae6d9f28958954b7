// ByteFeed is a file as a parser sees it that gets it in chunks: the bytes that are there and not yet used, and where
// in the file they stand. Whoever reads the file writes straight into it, so that no byte is copied but the beginning
// of what a chunk cut in two. What is to be passed over is dropped as it arrives, so that a block of any size costs
// nothing. Holds what was fed and not taken; the parsers bound that by their own limits. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "base/assert.h"
#include "base/byte_reader.h"

namespace holter::wire {

class ByteFeed {
 public:
  // Room for n more bytes, to be followed by added(). Views of held() given out before are no longer valid.
  std::span<std::uint8_t> room(std::size_t n) {
    const std::size_t left = end_ - begin_;
    if (left + n > capacity_) {
      const std::size_t wanted = std::max(left + n, capacity_ * 2);
      auto bigger = std::make_unique_for_overwrite<std::uint8_t[]>(wanted);
      if (left != 0) std::memcpy(bigger.get(), bytes_.get() + begin_, left);
      bytes_ = std::move(bigger);
      capacity_ = wanted;
    } else if (begin_ != 0 && left != 0) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, left);
    }
    begin_ = 0;
    end_ = left;
    return {bytes_.get() + end_, n};
  }

  // The first n bytes of the room hold what comes next in the file.
  void added(std::size_t n) {
    HOLTER_ASSERT(n <= capacity_ - end_);
    fed_ += n;
    end_ += n;
    // What is to be skipped has nothing before it.
    const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(n, to_skip_));
    to_skip_ -= passed;
    begin_ += passed;
  }

  void feed(base::Bytes chunk) {
    const auto into = room(chunk.size());
    std::ranges::copy(chunk, into.begin());
    added(chunk.size());
  }

  base::Bytes held() const { return {bytes_.get() + begin_, end_ - begin_}; }
  void take(std::size_t n) { begin_ += std::min(n, end_ - begin_); }
  // Takes n bytes, of which some may still have to come.
  void skip(std::uint64_t n) {
    const std::size_t there = held().size();
    to_skip_ = n > there ? n - there : 0;
    take(n > there ? there : static_cast<std::size_t>(n));
  }
  bool skipping() const { return to_skip_ != 0; }

  std::uint64_t fed() const { return fed_; }
  // Where held() begins.
  std::uint64_t offset() const { return fed_ - held().size(); }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t fed_ = 0;
  std::uint64_t to_skip_ = 0;
};

}  // namespace holter::wire
