// Recording decides what a live capture keeps and counts every frame once. All the numbers are counted or read, none is
// worked out from another, so that at the end
//
//   kernel_packets = recorded + filtered + unwritten + surplus + kernel_drops + missing
//
// can be checked: the left side and the drops are the kernel's, the rest is holter's. What the kernel's part of the
// filter refused is beside it on both sides. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "env/frames.h"
#include "filter/frame_match.h"
#include "wire/numbers.h"

namespace holter::capture {

struct RecordingFigures {
  base::WallTime from;
  base::WallTime to;
  std::uint64_t kernel_packets = 0;                 // that arrived and its filter accepted, by the kernel's count
  std::uint64_t kernel_drops = 0;                   // of them, for want of room in the ring, by the kernel's count
  std::optional<std::uint64_t> kernel_refused = 0;  // by its filter, by the kernel's count; nothing: not counted
  std::uint64_t recorded = 0;
  std::uint64_t recorded_bytes = 0;  // as long as they were on the wire
  std::uint64_t filtered = 0;        // refused by the filter here
  std::uint64_t cut = 0;             // of the recorded, those of which only a part was captured
  std::uint64_t unwritten = 0;       // kept, and then the output failed
  std::uint64_t surplus = 0;         // arrived after the last one wanted
  std::uint64_t missing = 0;         // the ring went away with them
};

// How many frames several recordings may keep together.
struct Allowance {
  std::uint64_t limit = 0;  // 0: all
  std::uint64_t kept = 0;

  bool used_up() const { return limit != 0 && kept == limit; }
};

struct RecordingWish {
  std::optional<filter::PacketFilter> filter = {};  // none: every frame
  wire::LinkType link = wire::LinkType::unknown;    // of the frames, for the filter
  std::string interface = {};                       // likewise
};

class Recording {
 public:
  // `allowance` outlives it.
  Recording(RecordingWish wish, Allowance& allowance, base::WallTime now)
      : wish_(std::move(wish)), allowance_(&allowance) {
    figures_.from = figures_.to = now;
    if (wish_.filter) match_.emplace(*wish_.filter);
  }

  // Those of these frames to keep; good until the next call.
  std::span<const env::Frame> take(std::span<const env::Frame> frames);
  // The kernel's counters since the last call.
  void read(const env::FrameCounters& counters, base::WallTime now);
  // As read(), for the last time: frames that the kernel counted later are nobody's.
  void read_last(const env::FrameCounters& counters, base::WallTime now);
  // The ring is gone, or gives no more.
  void close(std::uint64_t unwritten);

  // Frames that the kernel has put into the ring and that were not taken yet, as of the last reading.
  std::uint64_t owed() const;
  const RecordingFigures& figures() const { return figures_; }

 private:
  bool wanted(const env::Frame& frame);

  RecordingFigures figures_;
  RecordingWish wish_;
  Allowance* allowance_;
  std::optional<filter::FrameMatch> match_;
  std::vector<env::Frame> kept_;
  std::uint64_t taken_ = 0;
  bool last_read_ = false;
};

}  // namespace holter::capture
