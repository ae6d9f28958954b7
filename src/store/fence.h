// A fence is what a store had received at one moment, by numbers. It parts all records in two without looking at times:
// those inside were there then, those outside came later, whatever they are dated. A reader that shows what is stored
// and then what comes shows of the first part only what is inside and of the second only what is outside, and so each
// record once. Plain values; any thread.
#pragma once

#include <compare>
#include <map>

#include "base/range_set.h"
#include "record/record_id.h"

namespace holter::store {

struct LaneOfAgent {
  base::AgentId agent;
  std::uint32_t epoch = 0;
  record::Lane lane = record::Lane::results;

  friend auto operator<=>(const LaneOfAgent&, const LaneOfAgent&) = default;
};

struct Fence {
  std::map<LaneOfAgent, base::RangeSet> lanes;

  bool contains(const record::RecordId& id) const {
    const auto found = lanes.find({id.agent, id.epoch, id.lane});
    return found != lanes.end() && found->second.contains(id.sequence);
  }
};

}  // namespace holter::store
