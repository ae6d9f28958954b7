// Recording decides what a live capture keeps and counts every frame once. All the numbers are counted or read, none is
// worked out from another, so that at the end
//
//   kernel_packets = recorded + unwritten + surplus + kernel_drops + missing
//
// can be checked: the left side and the drops are the kernel's, the rest is holter's. Pure; one thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"
#include "env/frames.h"

namespace holter::capture {

struct RecordingFigures {
  base::WallTime from;
  base::WallTime to;
  std::uint64_t kernel_packets = 0;  // that arrived, by the kernel's count
  std::uint64_t kernel_drops = 0;    // of them, for want of room in the ring, by the kernel's count
  std::uint64_t recorded = 0;
  std::uint64_t recorded_bytes = 0;  // as long as they were on the wire
  std::uint64_t unwritten = 0;       // kept, and then the output failed
  std::uint64_t surplus = 0;         // arrived after the last one wanted
  std::uint64_t missing = 0;         // the ring went away with them
};

class Recording {
 public:
  // Keeps at most `limit` frames; 0: all.
  Recording(std::uint64_t limit, base::WallTime now) : limit_(limit) { figures_.from = figures_.to = now; }

  // The part of these frames to keep, which is the first of them.
  std::span<const env::Frame> take(std::span<const env::Frame> frames);
  // The kernel's counters since the last call.
  void read(const env::FrameCounters& counters, base::WallTime now);
  // As read(), for the last time: frames that the kernel counted later are nobody's.
  void read_last(const env::FrameCounters& counters, base::WallTime now);
  // The ring is gone, or gives no more.
  void close(std::uint64_t unwritten);

  bool full() const { return limit_ != 0 && figures_.recorded == limit_; }
  // Frames that the kernel has put into the ring and that were not taken yet, as of the last reading.
  std::uint64_t owed() const;
  const RecordingFigures& figures() const { return figures_; }

 private:
  RecordingFigures figures_;
  std::uint64_t limit_;
  std::uint64_t taken_ = 0;
  bool last_read_ = false;
};

}  // namespace holter::capture
