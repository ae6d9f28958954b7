// A chunk is an append-only file of framed batches of one lane (docs/formats/spool.md). Here are its bytes and its
// name, without any file: what a frame looks like, and what can be saved of a chunk that a crash or the disk has
// damaged. Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "codec/batch.h"

namespace holter::spool {

inline constexpr std::size_t kFrameHeaderBytes = 36;

struct ChunkId {
  record::Lane lane = record::Lane::results;
  std::uint32_t epoch = 0;
  std::uint64_t number = 0;

  friend auto operator<=>(const ChunkId&, const ChunkId&) = default;
};

std::string file_name(const ChunkId& id);
// Nothing when it is not a chunk's name.
std::optional<ChunkId> parse_file_name(std::string_view name);

// Where a batch lies in its chunk.
struct Entry {
  std::uint64_t first = 0;  // sequence
  std::uint64_t last = 0;
  std::uint32_t offset = 0;  // of the batch, behind its frame header
  std::uint32_t length = 0;

  friend bool operator==(const Entry&, const Entry&) = default;
};

void put_frame(const codec::BatchHeader& header, base::Bytes batch, base::ByteWriter& to);

struct Recovered {
  std::vector<Entry> entries;       // whole and good, rising
  std::uint64_t good_bytes = 0;     // the end of the last frame; behind it there is nothing worth keeping
  std::uint64_t damaged_bytes = 0;  // stepped over before that
};

// All good batches of a chunk that belong to `id` and `agent`.
Recovered recover(base::Bytes chunk, const ChunkId& id, const base::AgentId& agent);

}  // namespace holter::spool
