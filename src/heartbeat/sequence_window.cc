#include "heartbeat/sequence_window.h"

#include <utility>

namespace holter::heartbeat {

Freshness SequenceWindow::accept(std::uint64_t incarnation, std::uint64_t sequence) {
  if (incarnation != current_.incarnation) {
    if (incarnation == previous_.incarnation) {
      if (sequence <= previous_.newest) return Freshness::seen;
      std::swap(current_, previous_);
      std::swap(number_, previous_number_);
    } else {
      previous_ = std::exchange(current_, Track{incarnation, 0});
      previous_number_ = std::exchange(number_, 0);
    }
    current_.newest = sequence;
    seen_ = ~std::uint64_t{0};  // what this incarnation sent before the switch is not asked for again
    return Freshness::newest;
  }
  if (sequence > current_.newest) {
    const std::uint64_t step = sequence - current_.newest;
    seen_ = (step < kWidth ? seen_ << step : 0) | 1;
    current_.newest = sequence;
    return Freshness::newest;
  }
  const std::uint64_t behind = current_.newest - sequence;
  if (behind >= kWidth || (seen_ >> behind & 1) != 0) return Freshness::seen;
  seen_ |= std::uint64_t{1} << behind;
  return Freshness::reordered;
}

bool SequenceWindow::accept_number(std::uint32_t number) {
  if (number <= number_) return false;
  number_ = number;
  return true;
}

bool SequenceWindow::number_seen(std::uint64_t incarnation, std::uint32_t number) const {
  if (incarnation == current_.incarnation) return number <= number_;
  return incarnation == previous_.incarnation && number <= previous_number_;
}

}  // namespace holter::heartbeat
