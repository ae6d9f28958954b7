#include "heartbeat/sequence_window.h"

#include <utility>

namespace holter::heartbeat {

Freshness SequenceWindow::accept(std::uint64_t incarnation, std::uint64_t sequence) {
  if (incarnation != current_.incarnation) {
    if (before_ && incarnation == before_->track.incarnation && sequence <= before_->track.newest) {
      return Freshness::seen;
    }
    enter(incarnation);
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

void SequenceWindow::enter(std::uint64_t incarnation) {
  if (current_.incarnation == 0) {
    current_.incarnation = incarnation;
    return;
  }
  if (!before_) before_ = std::make_unique<Before>();
  if (keeps_) before_->keeper = current_.incarnation;
  if (incarnation == before_->track.incarnation) {
    std::swap(current_, before_->track);
    std::swap(number_, before_->number);
  } else {
    before_->track = std::exchange(current_, Track{incarnation, 0});
    before_->number = std::exchange(number_, 0);
  }
  keeps_ = kept_ && before_->keeper == incarnation;
}

void SequenceWindow::keep() {
  kept_ = true;
  keeps_ = true;
}

void SequenceWindow::release() {
  kept_ = false;
  keeps_ = false;
}

bool SequenceWindow::accept_number(std::uint32_t number) {
  if (number <= number_) return false;
  number_ = number;
  return true;
}

bool SequenceWindow::number_seen(std::uint64_t incarnation, std::uint32_t number) const {
  if (incarnation == current_.incarnation) return number <= number_;
  return before_ && incarnation == before_->track.incarnation && number <= before_->number;
}

}  // namespace holter::heartbeat
