#include "capture/accounting.h"

#include <algorithm>
#include <limits>

#include "capture/limits.h"

namespace holter::capture {

void Accounting::begin(base::WallTime at) {
  *this = {};
  open_.from = open_.to = at;
}

void Accounting::read(const env::FrameCounters& counters, base::WallTime at) {
  ++readings_;
  put_ += counters.packets - std::min(counters.drops, counters.packets);
  open_.kernel_packets += counters.packets;
  open_.kernel_drops += counters.drops;
  open_.kernel_refused += counters.refused.value_or(0);
  open_.refused_uncounted |= !counters.refused;
  open_.to = at;
}

std::uint64_t Accounting::frames_left() const {
  if (readings_ == 0) return std::numeric_limits<std::uint64_t>::max();
  return put_ > taken_ ? put_ - taken_ : 0;
}

std::optional<Interval> Accounting::close() {
  if (readings_ == 0) return std::nullopt;
  if (frames_left() != 0 && readings_ < kMaxPendingReadings) return std::nullopt;
  return cut();
}

std::optional<Interval> Accounting::close_for_good() {
  if (readings_ == 0) return std::nullopt;
  return cut();
}

Interval Accounting::cut() {
  Interval closed = open_;
  closed.missing = frames_left();
  taken_ += closed.missing;
  readings_ = 0;
  open_ = {};
  open_.from = open_.to = closed.to;
  return closed;
}

}  // namespace holter::capture
