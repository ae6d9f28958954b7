// FlowList is an order of flows by number without memory of its own: doubly linked through the flows.
#pragma once

#include <cstdint>

#include "flow/slots.h"

namespace holter::flow {

struct Link {
  std::uint32_t previous = kNone;
  std::uint32_t next = kNone;
};

class FlowList {
 public:
  std::uint32_t front() const { return first_; }

  // `link_of(number)` is the Link of a flow in this list.
  template <class LinkOf>
  void push_back(std::uint32_t number, LinkOf link_of) {
    link_of(number) = {last_, kNone};
    (last_ == kNone ? first_ : link_of(last_).next) = number;
    last_ = number;
  }

  template <class LinkOf>
  void remove(std::uint32_t number, LinkOf link_of) {
    const Link link = link_of(number);
    (link.previous == kNone ? first_ : link_of(link.previous).next) = link.next;
    (link.next == kNone ? last_ : link_of(link.next).previous) = link.previous;
  }

 private:
  std::uint32_t first_ = kNone;
  std::uint32_t last_ = kNone;
};

}  // namespace holter::flow
