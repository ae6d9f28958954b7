// What agent and hub say to each other, as plain values (docs/formats/uplink.md). The state machines know these only;
// frames.h turns them into bytes and back and lets nothing through that is outside its limits. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/range_set.h"
#include "base/untrusted_text.h"
#include "codec/batch.h"
#include "record/probe_plan.h"

namespace holter::uplink {

// Versions of this protocol that this holter speaks.
inline constexpr std::uint32_t kProtocol = 1;
inline constexpr std::uint32_t kOldestProtocol = 1;

inline constexpr std::size_t kMaxNameBytes = 256;  // an agent's name, a version
inline constexpr std::size_t kMaxReasonBytes = 1'024;
inline constexpr std::size_t kMaxTargetBytes = 1'024;  // each text of a plan's entry
inline constexpr std::size_t kMaxAckLanes = 256;       // lanes of all epochs in one ack
inline constexpr std::size_t kMaxAckRanges = 256;      // of one lane in one ack: the lowest are said
inline constexpr std::size_t kMaxKnownRanges = 4'096;  // of one lane in memory

// What of an agent's numbers a hub has durably. A range that begins at 1 is the prefix.
struct AckState {
  std::map<std::pair<std::uint32_t, record::Lane>, base::RangeSet> lanes;

  base::RangeSet& lane(std::uint32_t epoch, record::Lane lane) {
    return lanes.try_emplace({epoch, lane}, kMaxKnownRanges).first->second;
  }

  friend bool operator==(const AckState&, const AckState&) = default;
};

// Who an agent says it is.
struct Agent {
  base::AgentId id;
  base::UntrustedText name;
  base::UntrustedText version;

  friend bool operator==(const Agent&, const Agent&) = default;
};

struct Hello {
  std::uint32_t protocol = kProtocol;
  std::uint32_t oldest_protocol = kOldestProtocol;
  Agent agent;
  std::uint32_t epoch = 0;

  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Welcome {
  std::uint32_t protocol = kProtocol;
  base::UntrustedText version;
  AckState acks;
  std::uint64_t plan_version = 0;

  friend bool operator==(const Welcome&, const Welcome&) = default;
};

// The hub will not have this agent; trying again soon does not help.
struct Refused {
  base::UntrustedText reason;

  friend bool operator==(const Refused&, const Refused&) = default;
};

struct Batch {
  codec::BatchHeader header;
  std::vector<std::uint8_t> bytes;

  friend bool operator==(const Batch&, const Batch&) = default;
};

struct Ack {
  AckState acks;

  friend bool operator==(const Ack&, const Ack&) = default;
};

// The end of a connection, said by either side.
struct Bye {
  base::UntrustedText reason;

  friend bool operator==(const Bye&, const Bye&) = default;
};

// Nothing, so that the peer knows that somebody is there.
struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};

// The order is the type byte of a frame, less one: append only.
using Message = std::variant<Hello, Welcome, Refused, record::Plan, Batch, Ack, Bye, Ping>;

}  // namespace holter::uplink
