// A batch is records of one agent, epoch, lane and type as bytes: the same on the wire, in the spool and in the store's
// blocks (docs/formats/codec.md). Columns, not rows: each field of all records together, then zstd. A reader skips
// columns it does not know, so a newer agent can talk to an older hub.
//
// Decoding trusts nothing: sizes are checked against limits before memory is taken, every enum against its range, and a
// CRC32C covers the whole. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "record/record.h"

namespace holter::codec {

inline constexpr std::size_t kMaxBatchRecords = 4'096;
inline constexpr std::size_t kMaxBatchBytes = 8 * 1024 * 1024;           // encoded
inline constexpr std::size_t kMaxDecodedBytes = 64 * 1024 * 1024;        // after decompression, and all texts together
inline constexpr std::size_t kMaxTextBytes = base::kUntrustedTextLimit;  // one text; longer ones are cut

// What stands in front of a batch, readable without unpacking it.
struct BatchHeader {
  base::AgentId agent;
  std::uint32_t epoch = 0;
  record::Lane lane = record::Lane::results;
  std::size_t type = 0;  // index into record::Record
  std::uint32_t count = 0;
  std::uint64_t first = 0;  // sequence of the first record
  std::uint64_t last = 0;   // of the last; last - first >= count - 1, more when numbers are missing between them

  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

// How many of the leading records go into one batch: they share agent, epoch, lane and type, their numbers rise, there
// are at most kMaxBatchRecords of them and their texts do not outgrow kMaxBatchBytes. At least 1 unless empty.
std::size_t fitting(std::span<const record::NamedRecord> records);

// All records must share agent, epoch, lane and type, with rising sequence; 1..fitting(records) of them.
std::vector<std::uint8_t> encode_batch(std::span<const record::NamedRecord> records);

// ErrorKind::corrupt, newer_version or too_large, naming what was wrong.
base::Result<std::vector<record::NamedRecord>> decode_batch(base::Bytes bytes);

// The header alone, after checking version, limits and the CRC32C over the whole batch.
base::Result<BatchHeader> read_batch_header(base::Bytes bytes);

}  // namespace holter::codec
