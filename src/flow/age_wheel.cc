#include "flow/age_wheel.h"

#include <bit>

namespace holter::flow {

AgeWheel::AgeWheel(base::Duration timeout) : timeout_(timeout) {
  // Two stretches more: the first and the last are hardly ever whole.
  const auto stretches = static_cast<std::uint64_t>(timeout.in_nanoseconds() >> kStretchShift) + 3;
  heads_.resize(std::bit_ceil(stretches));
  for (std::uint32_t i = 0; i < heads_.size(); ++i) heads_[i] = {kHead | i, kHead | i};
}

void AgeWheel::link_last(std::uint32_t number, Flows& flows) {
  Flow& flow = flows[number];
  const std::uint32_t head = head_of(stretch_of(flow.last));
  const std::uint32_t last = link(head, flows).previous;
  flow.by_age = {last, head};
  link(last, flows).next = number;
  link(head, flows).previous = number;
}

void AgeWheel::unlink(std::uint32_t number, Flows& flows) {
  const Link gone = flows[number].by_age;
  link(gone.previous, flows).next = gone.next;
  link(gone.next, flows).previous = gone.previous;
}

void AgeWheel::put(std::uint32_t number, Flows& flows) {
  const std::int64_t stretch = stretch_of(flows[number].last);
  if (size_ == 0 || stretch < first_) first_ = stretch;
  ++size_;
  link_last(number, flows);
}

void AgeWheel::remove(std::uint32_t number, Flows& flows) {
  --size_;
  unlink(number, flows);
}

base::PacketTime AgeWheel::next_due(base::PacketTime now) const {
  if (size_ == 0) return now + timeout_;
  const auto first = base::PacketTime::from_nanoseconds(first_ << kStretchShift);
  return first + base::Duration::nanoseconds(std::int64_t{1} << kStretchShift) + timeout_;
}

std::uint32_t AgeWheel::oldest(Flows& flows) {
  for (; size_ != 0; ++first_) {
    const std::uint32_t head = head_of(first_);
    for (std::uint32_t number = link(head, flows).next; number != head;) {
      const Flow& flow = flows[number];
      if (stretch_of(flow.last) == first_) return number;
      const std::uint32_t next = flow.by_age.next;
      unlink(number, flows);
      link_last(number, flows);
      number = next;
    }
  }
  return kNone;
}

}  // namespace holter::flow
