// AgeWheel finds the flows that were silent for a timeout without touching anything when a packet comes: a flow is put
// down once, in the list of the stretch of time in which it was last seen, and stays there. When that list is due,
// those that were heard meanwhile are put down again where they belong now; the others are what was looked for. So a
// flow is moved at most once a timeout. The lists are a ring that is longer than the timeout, each with a link of its
// own among those of the flows. The same calls give the same order. One thread.
#pragma once

#include <vector>

#include "base/time.h"
#include "flow/flow_pool.h"

namespace holter::flow {

class AgeWheel {
 public:
  // Flows within one stretch (0.27 s) are equally old to oldest().
  static constexpr unsigned kStretchShift = 28;

  explicit AgeWheel(base::Duration timeout);

  base::Duration timeout() const { return timeout_; }
  bool overdue(const Flow& flow, base::PacketTime now) const { return now - flow.last >= timeout_; }

  // Where its `last` says, which is within the timeout.
  void put(std::uint32_t number, Flows& flows);
  void remove(std::uint32_t number, Flows& flows);

  // A whole stretch may be due: what is silent should be ended before anything is put down.
  bool due(base::PacketTime now) const { return size_ != 0 && first_ < stretch_of(now - timeout_); }
  // Nothing is due before, whatever is put down from `now` on.
  base::PacketTime next_due(base::PacketTime now) const;
  // Calls end(number) for every flow that is overdue; it has to remove it.
  template <class End>
  void end_silent(base::PacketTime now, Flows& flows, End end);

  // One that was silent longest; kNone of an empty wheel.
  std::uint32_t oldest(Flows& flows);

 private:
  static constexpr std::uint32_t kHead = 0x80000000;  // marks the links that are the lists' own

  static std::int64_t stretch_of(base::PacketTime at) { return at.in_nanoseconds() >> kStretchShift; }
  std::uint32_t head_of(std::int64_t stretch) const {
    return kHead | static_cast<std::uint32_t>(static_cast<std::uint64_t>(stretch) & (heads_.size() - 1));
  }
  void link_last(std::uint32_t number, Flows& flows);
  void unlink(std::uint32_t number, Flows& flows);
  Link& link(std::uint32_t number, Flows& flows) {
    return (number & kHead) != 0 ? heads_[number & ~kHead] : flows[number].by_age;
  }

  base::Duration timeout_;
  std::vector<Link> heads_;
  std::int64_t first_ = 0;  // no flow stands in a stretch before it
  std::size_t size_ = 0;
};

template <class End>
void AgeWheel::end_silent(base::PacketTime now, Flows& flows, End end) {
  const base::PacketTime until = now - timeout_;
  while (size_ != 0 && first_ <= stretch_of(until)) {
    const std::uint32_t head = head_of(first_);
    for (std::uint32_t number = link(head, flows).next; number != head;) {
      const Flow& flow = flows[number];
      const std::uint32_t next = flow.by_age.next;
      if (flow.last <= until) {
        end(number);
      } else if (stretch_of(flow.last) != first_) {
        unlink(number, flows);
        link_last(number, flows);
      }
      number = next;
    }
    if (first_ == stretch_of(until)) return;
    ++first_;
  }
}

}  // namespace holter::flow
