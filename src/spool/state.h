// State is what the spool must remember besides the records: whose it is, which generation, and which numbers are
// settled, that is acked by the hub or named by a gap, and so need not be on disk (docs/formats/spool.md). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/id.h"
#include "base/range_set.h"
#include "base/result.h"
#include "record/record_id.h"

namespace holter::spool {

// Ranges kept of one lane. An ack that would need more waits until older holes are filled.
inline constexpr std::size_t kMaxSettledRanges = 1'024;
// Generations with unsent chunks; one more is made only when state was lost again before the hub came back.
inline constexpr std::size_t kMaxEpochs = 64;
inline constexpr std::size_t kMaxStateBytes = 8 * 1024 * 1024;

struct State {
  base::AgentId agent;
  std::uint32_t epoch = 0;
  std::map<std::pair<std::uint32_t, record::Lane>, base::RangeSet> settled;

  base::RangeSet& settled_of(std::uint32_t of_epoch, record::Lane lane) {
    return settled.try_emplace({of_epoch, lane}, kMaxSettledRanges).first->second;
  }

  friend bool operator==(const State&, const State&) = default;
};

std::string encode_state(const State& state);
// ErrorKind::corrupt or newer_version.
base::Result<State> decode_state(std::string_view bytes);

}  // namespace holter::spool
