// OnItsWay holds the frames that were decided on and come out later, in the order in which they are due; of those due
// at one time the first come first. Full means that the frame is not taken. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "base/time.h"
#include "tests/impair/impairment.h"

namespace holter::impair {

inline constexpr std::size_t kMaxOnTheirWay = 100'000;

class OnItsWay {
 public:
  struct Frame {
    Verdict verdict;
    std::vector<std::uint8_t> bytes;
  };

  // False when full.
  bool put(base::Instant due, Frame frame);
  // The next one that is due at `now`, if there is one.
  std::optional<Frame> take(base::Instant now);
  std::optional<base::Instant> next_deadline() const;

 private:
  struct Entry {
    base::Instant due;
    std::uint64_t number = 0;
    Frame frame;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.due != b.due ? a.due > b.due : a.number > b.number;
    }
  };

  std::vector<Entry> heap_;
  std::uint64_t next_ = 0;
};

}  // namespace holter::impair
