// InterimQueue says which conversations that go on are due for an interim record: all wait equally long, so that the
// queue is in order by itself. It keeps nothing, and costs nothing, unless somebody wants such records. One thread.
#pragma once

#include <vector>

#include "base/time.h"
#include "flow/flow_list.h"

namespace holter::flow {

class InterimQueue {
 public:
  // An interval of zero: never.
  explicit InterimQueue(base::Duration interval) : interval_(interval) {}

  void add(std::uint32_t number, base::PacketTime now);
  void remove(std::uint32_t number);

  // Nothing is due before, whatever is added from `now` on.
  base::PacketTime next_due(base::PacketTime now) const;
  // Takes the next that is due and puts it at the end again; kNone when none is.
  std::uint32_t next(base::PacketTime now);

 private:
  struct Entry {
    Link link;
    base::PacketTime at;
  };

  bool idle() const { return interval_ == base::Duration::zero(); }
  auto links() {
    return [this](std::uint32_t number) -> Link& { return entries_[number].link; };
  }

  base::Duration interval_;
  std::vector<Entry> entries_;  // by the flow's number
  FlowList queue_;
};

}  // namespace holter::flow
