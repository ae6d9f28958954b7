// FlowList is an order of flows by number without memory of its own: doubly linked through the slots of the pool. The
// table keeps one per timeout (oldest first, because packet time never runs back) and one for interim records.
#pragma once

#include <cstdint>

namespace holter::flow {

inline constexpr std::uint32_t kNoFlow = 0xffffffff;

struct Link {
  std::uint32_t previous = kNoFlow;
  std::uint32_t next = kNoFlow;
};

class FlowList {
 public:
  std::uint32_t front() const { return first_; }

  // `link_of(number)` is the Link of a flow in this list.
  template <class LinkOf>
  void push_back(std::uint32_t number, LinkOf link_of) {
    link_of(number) = {last_, kNoFlow};
    (last_ == kNoFlow ? first_ : link_of(last_).next) = number;
    last_ = number;
  }

  template <class LinkOf>
  void remove(std::uint32_t number, LinkOf link_of) {
    const Link link = link_of(number);
    (link.previous == kNoFlow ? first_ : link_of(link.previous).next) = link.next;
    (link.next == kNoFlow ? last_ : link_of(link.next).previous) = link.previous;
  }

 private:
  std::uint32_t first_ = kNoFlow;
  std::uint32_t last_ = kNoFlow;
};

}  // namespace holter::flow
