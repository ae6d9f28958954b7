// The beginning of what CRYPTO frames carry, put together from frames in any order (Chrome sends the pieces of a
// ClientHello shuffled). At most 4 KiB from offset 0 on and 64 pieces; what is beyond is left out. Value type.
#pragma once

#include <algorithm>
#include <array>

#include "wire/window.h"

namespace holter::wire {

class CryptoFrames {
 public:
  static constexpr std::size_t kMaxBytes = 4'096;
  static constexpr std::size_t kMaxPieces = 64;

  void add(std::uint64_t offset, Bytes data) {
    if (offset >= kMaxBytes || data.size() > kMaxBytes - offset || pieces_ == kMaxPieces || data.empty()) return;
    std::ranges::copy(data, bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    begins_[pieces_] = static_cast<std::uint16_t>(offset);
    ends_[pieces_++] = static_cast<std::uint16_t>(offset + data.size());
  }
  std::size_t size() const { return pieces_; }

  // As far as there is no gap.
  Bytes whole() const {
    std::size_t end = 0;
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t i = 0; i < pieces_; ++i) {
        if (begins_[i] > end || ends_[i] <= end) continue;
        end = ends_[i];
        grown = true;
      }
    }
    return Bytes(bytes_).first(end);
  }

 private:
  std::array<std::uint8_t, kMaxBytes> bytes_;
  std::array<std::uint16_t, kMaxPieces> begins_;
  std::array<std::uint16_t, kMaxPieces> ends_;
  std::size_t pieces_ = 0;
};

}  // namespace holter::wire
