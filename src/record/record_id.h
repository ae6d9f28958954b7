// How a record is named for ever: the agent that saw it, the generation of that agent's spool, the lane it travels in
// and its number there. Numbers start at 1 and have no holes except those that a Gap record names. A hub uses these
// names to store each record exactly once however often it is sent.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "base/id.h"

namespace holter::record {

// A lane is a priority class with its own numbering. Live data of a lower number is sent first; when space runs out,
// lanes are shed from the highest number down (see DESIGN: packets, flows, results; incidents never).
enum class Lane : std::uint8_t { incidents = 0, results = 1, flows = 2, packets = 3 };
inline constexpr std::size_t kLaneCount = 4;

std::string_view to_string(Lane lane);

struct RecordId {
  base::AgentId agent;
  std::uint32_t epoch = 0;
  Lane lane = Lane::results;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const RecordId&, const RecordId&) = default;
};

}  // namespace holter::record
