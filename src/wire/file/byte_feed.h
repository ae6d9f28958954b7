// ByteFeed is a file as a parser sees it that gets it in chunks: the bytes that are there and not yet used, and where
// in the file they stand. What is to be passed over is dropped as it arrives, so that a block of any size costs
// nothing. Holds what was fed and not taken; the parsers bound that by their own limits. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace holter::wire {

class ByteFeed {
 public:
  // Views of held() given out before are no longer valid.
  void feed(base::Bytes chunk) {
    fed_ += chunk.size();
    const std::size_t passed = pass(chunk.size());
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(position_));
    position_ = 0;
    held_.insert(held_.end(), chunk.begin() + static_cast<std::ptrdiff_t>(passed), chunk.end());
  }

  base::Bytes held() const { return base::Bytes(held_).subspan(position_); }
  void take(std::size_t n) { position_ += std::min(n, held_.size() - position_); }
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
  std::size_t pass(std::size_t n) {
    const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(n, to_skip_));
    to_skip_ -= passed;
    return passed;
  }

  std::vector<std::uint8_t> held_;
  std::size_t position_ = 0;
  std::uint64_t fed_ = 0;
  std::uint64_t to_skip_ = 0;
};

}  // namespace holter::wire
