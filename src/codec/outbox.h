// Outbox is what an agent has to send, as the uplink sees it: the spool implements it, and neither knows the other.
// Every call may block on the disk: make them through one env::Offload, one at a time.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <vector>

#include "base/range_set.h"
#include "codec/batch.h"

namespace holter::codec {

// A place in a lane: generations one after the other, numbers within.
struct Position {
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

struct StoredBatch {
  BatchHeader header;
  std::vector<std::uint8_t> bytes;
};

// The newest durable record of each lane.
using Tails = std::array<Position, record::kLaneCount>;

class Outbox {
 public:
  virtual ~Outbox() = default;

  // Batches of a lane with numbers after `after` that no hub has acked, in order: at least one if there is any, then up
  // to `limit_bytes` and `limit_batches`.
  virtual base::Result<std::vector<StoredBatch>> next(record::Lane lane, Position after, std::size_t limit_bytes,
                                                      std::size_t limit_batches, base::WallTime now) = 0;
  // A hub has these numbers durably. True when it knows numbers that were never given: a new epoch has begun.
  virtual base::Result<bool> acknowledge(std::uint32_t epoch, record::Lane lane, const base::RangeSet& durable) = 0;
  // Remembers what was acked and makes room.
  virtual base::Result<void> maintain(base::WallTime now) = 0;

  virtual std::uint32_t epoch() const = 0;
  virtual Tails tails() const = 0;
  // Records that no hub has acked.
  virtual std::uint64_t kept() const = 0;
};

}  // namespace holter::codec
