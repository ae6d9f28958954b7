// Index knows where every durable batch of the spool lies, what is next in a lane, which chunks may go and which must
// go first when space runs out. 24 bytes a batch. Pure: it never sees a file. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/range_set.h"
#include "codec/outbox.h"
#include "spool/chunk.h"
#include "spool/state.h"

namespace holter::spool {

struct Located {
  ChunkId chunk;
  Entry entry;
};

class Index {
 public:
  void add(const ChunkId& chunk, const Entry& entry);
  void remove(const ChunkId& chunk);

  const std::map<ChunkId, std::vector<Entry>>& chunks() const { return chunks_; }
  std::uint64_t bytes() const { return bytes_; }
  std::size_t batches() const { return batches_; }

  // The first batch of the lane that holds a number after `after` and is not wholly settled.
  std::optional<Located> next(record::Lane lane, codec::Position after, const State& state) const;
  // The highest number of a lane and epoch, 0 when there is none.
  std::uint64_t highest(record::Lane lane, std::uint32_t epoch) const;
  // Chunks of which everything is settled.
  std::vector<ChunkId> finished(const State& state) const;
  // The chunk to give up for a record of lane `newcomer`: the oldest of the lane with the highest number, never one
  // more important than the newcomer, never incidents.
  std::optional<ChunkId> to_shed(record::Lane newcomer) const;
  // Numbers up to the highest on disk that are neither on disk nor settled.
  std::vector<base::RangeSet::Range> holes(record::Lane lane, std::uint32_t epoch, const State& state,
                                           std::size_t limit) const;

 private:
  std::map<ChunkId, std::vector<Entry>> chunks_;
  std::uint64_t bytes_ = 0;
  std::size_t batches_ = 0;
};

}  // namespace holter::spool
