#include "capture/recording.h"

#include <algorithm>

namespace holter::capture {

std::span<const env::Frame> Recording::take(std::span<const env::Frame> frames) {
  if (last_read_) frames = frames.first(static_cast<std::size_t>(std::min<std::uint64_t>(frames.size(), owed())));
  taken_ += frames.size();
  std::size_t kept = frames.size();
  if (limit_ != 0) kept = static_cast<std::size_t>(std::min<std::uint64_t>(kept, limit_ - figures_.recorded));
  figures_.recorded += kept;
  figures_.surplus += frames.size() - kept;
  for (const env::Frame& frame : frames.first(kept)) figures_.recorded_bytes += frame.original_length;
  return frames.first(kept);
}

void Recording::read(const env::FrameCounters& counters, base::WallTime now) {
  figures_.kernel_packets += counters.packets;
  figures_.kernel_drops += counters.drops;
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
