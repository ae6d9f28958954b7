// What an icmp probe can be told. Pure.
#pragma once

#include <array>

#include "probe/icmp/table.h"
#include "probe/option.h"

namespace holter::probe {

inline constexpr std::uint32_t kMaxBurst = 50;  // every round trip of a burst is a fact of its result
inline constexpr std::uint32_t kMaxEchoPayload = 65'507;

struct EchoOptions : Way {
  std::uint32_t burst = 1;
  base::Duration gap = base::Duration::milliseconds(10);  // from one request of a burst to the next
  std::uint32_t size = kEchoPayloadBytes;                 // of the payload, in bytes
  bool whole = false;                                     // never in fragments
  std::optional<base::Duration> linger;                   // for duplicates, after the last reply

  // Empty: the probe ends with its last reply. A duplicate of it takes as long as a reply at most.
  std::optional<base::Duration> lingers(base::Duration longest) const {
    if (linger) return linger;
    return burst > 1 ? std::optional(longest) : std::nullopt;
  }

  // What only shows beside the rest of the plan; a whole sentence.
  Wrong mistake_in(const record::ProbePlan& plan) const {
    if (gap * (burst - 1) < plan.timeout) return std::nullopt;
    return "the last of " + std::to_string(burst) + " requests, one every " + base::to_string(gap) +
           ", would leave behind the timeout of " + base::to_string(plan.timeout);
  }
};

template <std::uint32_t EchoOptions::* kMember, std::uint32_t kLeast, std::uint32_t kMost>
Wrong read_bounded(const std::string& value, EchoOptions& into) {
  if (const Wrong why = read_value(value, into.*kMember)) return why;
  if (into.*kMember >= kLeast && into.*kMember <= kMost) return std::nullopt;
  return "is a whole number from " + std::to_string(kLeast) + " to " + std::to_string(kMost);
}

inline constexpr auto kEchoOptions = std::to_array<Option<EchoOptions>>({
    {{"burst", "N", "How many requests, at most 50; each round trip is kept"},
     read_bounded<&EchoOptions::burst, 1, kMaxBurst>},
    option<&EchoOptions::gap>({"gap", "DURATION", "From one request of a burst to the next (default 10ms)"}),
    {{"size", "BYTES", "Payload of a request (default 56)"},
     read_bounded<&EchoOptions::size, kEchoMarkBytes, kMaxEchoPayload>},
    option<&EchoOptions::whole>({"whole", "", "Never in fragments; a link that is too narrow says so"}),
    option<&EchoOptions::linger>({"linger", "DURATION",
                                  "How long duplicates are waited for after the last reply (default: of a burst as "
                                  "long as the longest round trip, else not at all)"}),
});

}  // namespace holter::probe
