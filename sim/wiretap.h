// Wiretap keeps the frames that hosts of the world sent, newest last, and writes them as a pcap file (nanosecond magic
// a1b23c4d, Ethernet), so that a failing seed leaves its packets. At most kWiretapBytes; the oldest go first.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace holter::sim {

inline constexpr std::size_t kWiretapBytes = 16 * 1024 * 1024;

class Wiretap {
 public:
  void record(base::WallTime at, std::vector<std::uint8_t> frame);
  std::vector<std::uint8_t> pcap() const;

 private:
  struct Kept {
    base::WallTime at;
    std::vector<std::uint8_t> frame;
  };
  std::deque<Kept> frames_;
  std::size_t bytes_ = 0;
};

}  // namespace holter::sim
