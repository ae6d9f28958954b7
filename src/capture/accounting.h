// Accounting makes intervals exact. The kernel counts a frame when it puts it into the ring; holter counts it when it
// takes it out, later. The ring keeps order, so a reading that says "n frames were put in so far" closes its interval
// exactly when the n-th frame has been taken out, and the frames behind it belong to the next interval, even in the
// middle of a block. So for every closed interval, and for the sum of all,
//
//   kernel_packets = received + kernel_drops + missing
//
// (and beside it what the kernel's filter refused, which never was in the ring)
// where the left side and the drops come from the kernel, received from holter, and `missing` is 0 unless the ring went
// away with frames in it. A reading before the one before it closed joins it. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "env/frames.h"

namespace holter::capture {

struct Interval {
  base::WallTime from;
  base::WallTime to;
  std::uint64_t kernel_packets = 0;
  std::uint64_t kernel_drops = 0;
  std::uint64_t missing = 0;  // accepted by the kernel and never handed over
  std::uint64_t kernel_refused = 0;
  bool refused_uncounted = false;
};

class Accounting {
 public:
  // A new ring: its counters begin at 0.
  void begin(base::WallTime at);
  // The kernel's counters since the reading before.
  void read(const env::FrameCounters& counters, base::WallTime at);
  // How many frames may be taken before an interval closes; the largest number when no reading waits.
  std::uint64_t frames_left() const;
  void take(std::uint64_t frames) { taken_ += frames; }
  // The interval, once its last frame was taken (or it waited for kMaxPendingReadings).
  std::optional<Interval> close();
  // The ring is gone: whatever was not taken never will be.
  std::optional<Interval> close_for_good();

 private:
  Interval cut();

  std::uint64_t put_ = 0;    // frames the kernel put into the ring, as of the last reading
  std::uint64_t taken_ = 0;  // frames taken out of it
  unsigned readings_ = 0;    // waiting to be closed
  Interval open_;
};

}  // namespace holter::capture
