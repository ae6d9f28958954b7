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
inline constexpr std::size_t kMaxBatchBytes = 8 * 1024 * 1024;      // encoded
inline constexpr std::size_t kMaxDecodedBytes = 64 * 1024 * 1024;   // after decompression

// All records must share agent, epoch, lane and type, with rising sequence; 1..kMaxBatchRecords of them.
std::vector<std::uint8_t> encode_batch(std::span<const record::NamedRecord> records);

// ErrorKind::corrupt, newer_version or too_large, naming what was wrong.
base::Result<std::vector<record::NamedRecord>> decode_batch(base::Bytes bytes);

}  // namespace holter::codec
