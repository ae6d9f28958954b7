#include "tests/impair/on_its_way.h"

#include <algorithm>

namespace holter::impair {

bool OnItsWay::put(base::Instant due, Frame frame) {
  if (heap_.size() == kMaxOnTheirWay) return false;
  heap_.push_back({due, next_++, std::move(frame)});
  std::ranges::push_heap(heap_, Later());
  return true;
}

std::optional<OnItsWay::Frame> OnItsWay::take(base::Instant now) {
  if (heap_.empty() || heap_.front().due > now) return std::nullopt;
  std::ranges::pop_heap(heap_, Later());
  Frame frame = std::move(heap_.back().frame);
  heap_.pop_back();
  return frame;
}

std::optional<base::Instant> OnItsWay::next_deadline() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due;
}

}  // namespace holter::impair
