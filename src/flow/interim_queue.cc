#include "flow/interim_queue.h"

namespace holter::flow {

void InterimQueue::add(std::uint32_t number, base::PacketTime now) {
  if (idle()) return;
  if (number >= entries_.size()) entries_.resize(number + std::size_t{1});
  entries_[number].at = now + interval_;
  queue_.push_back(number, links());
}

void InterimQueue::remove(std::uint32_t number) {
  if (!idle()) queue_.remove(number, links());
}

base::PacketTime InterimQueue::next_due(base::PacketTime now) const {
  if (idle()) return now + base::Duration::max();
  return queue_.front() == kNone ? now + interval_ : entries_[queue_.front()].at;
}

std::uint32_t InterimQueue::next(base::PacketTime now) {
  const std::uint32_t number = queue_.front();
  if (number == kNone || now < entries_[number].at) return kNone;
  queue_.remove(number, links());
  add(number, now);
  return number;
}

}  // namespace holter::flow
