#include "capture/recording.h"

#include <algorithm>

#include "capture/asked_frame.h"

namespace holter::capture {

bool Recording::wanted(const env::Frame& frame) {
  return !match_ || match_->matches(asked_frame(frame, wish_.link, wish_.interface));
}

std::span<const env::Frame> Recording::take(std::span<const env::Frame> frames) {
  if (last_read_) frames = frames.first(static_cast<std::size_t>(std::min<std::uint64_t>(frames.size(), owed())));
  taken_ += frames.size();
  kept_.clear();
  for (const env::Frame& frame : frames) {
    if (allowance_->used_up()) {
      ++figures_.surplus;
    } else if (!wanted(frame)) {
      ++figures_.filtered;
    } else {
      ++allowance_->kept;
      ++figures_.recorded;
      figures_.recorded_bytes += frame.original_length;
      figures_.cut += frame.bytes.size() < frame.original_length;
      kept_.push_back(frame);
    }
  }
  return kept_;
}

void Recording::read(const env::FrameCounters& counters, base::WallTime now) {
  figures_.kernel_packets += counters.packets;
  figures_.kernel_drops += counters.drops;
  figures_.kernel_refused = counters.refused && figures_.kernel_refused
                                ? std::optional(*figures_.kernel_refused + *counters.refused)
                                : std::nullopt;
  figures_.to = now;
}

void Recording::read_last(const env::FrameCounters& counters, base::WallTime now) {
  read(counters, now);
  last_read_ = true;
}

void Recording::close(std::uint64_t unwritten) {
  figures_.missing += owed();
  figures_.unwritten = std::min(unwritten, figures_.recorded);
  figures_.recorded -= figures_.unwritten;
}

std::uint64_t Recording::owed() const {
  const std::uint64_t put = figures_.kernel_packets - std::min(figures_.kernel_drops, figures_.kernel_packets);
  return put > taken_ ? put - taken_ : 0;
}

}  // namespace holter::capture
