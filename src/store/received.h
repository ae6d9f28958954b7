// Which records the store has ever taken, by number, so that each is stored once however often it is sent, also after
// its block was removed. Kept in memory; the table `received` is behind it by what is still in the tail, and is brought
// up to date in the transaction that takes records out of the tail (so that an append writes one page, not two).
// Numbers that an agent's own Gap names as lost count as received: nobody will send them. One thread.
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "base/range_set.h"
#include "record/record.h"
#include "store/connection.h"
#include "store/fence.h"

namespace holter::store {

// What an append adds, kept apart until its transaction is durable.
using Additions = std::map<LaneOfAgent, base::RangeSet>;

enum class Novelty : std::uint8_t { fresh, duplicate, refused };

class Received {
 public:
  // Fresh numbers are added to `additions`; refused means that the lane has too many holes or there are too many lanes.
  Novelty classify(const record::NamedRecord& record, const base::AgentId& own, Additions& additions) const;
  void adopt(Additions additions);

  const base::RangeSet& of(const LaneOfAgent& lane) const;
  std::map<LaneOfAgent, base::RangeSet> of(const base::AgentId& agent) const;
  // Everything taken of one lane class so far, of all agents.
  Fence fence(record::Lane lane) const;
  // One more than the highest number ever taken.
  std::uint64_t next_sequence(const LaneOfAgent& lane) const;

  // Throw SQLite::Exception.
  base::Result<void> load(SQLite::Database& database);
  // All that the table lacks, `additions` included.
  void save(SQLite::Database& database, const Additions& additions) const;
  void saved() { unsaved_.clear(); }

 private:
  base::RangeSet& lane_in(Additions& additions, const LaneOfAgent& lane) const;

  std::map<LaneOfAgent, base::RangeSet> lanes_;
  std::set<LaneOfAgent> unsaved_;
};

}  // namespace holter::store
