// What is known of the tail without reading it: how many records of each stream wait there and since when, which says
// what is due to be sealed. Age counts from the first upkeep that sees a stream's records, so neither an agent's wrong
// clock nor a late drain changes it. Pure; one thread.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "store/rows.h"

namespace holter::store {

class Tail {
 public:
  void added(const Row& row);
  void removed(const Row& row);

  // Streams with at least `count` records, or with any for at least `age`; a clock that ran backwards starts anew.
  std::set<Stream> due(base::WallTime now, std::size_t count, base::Duration age);

 private:
  struct Waiting {
    std::uint64_t count = 0;
    std::optional<base::WallTime> since;
  };
  std::map<Stream, Waiting> streams_;
};

}  // namespace holter::store
