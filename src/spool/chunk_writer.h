// ChunkWriter is the open end of one lane: it appends frames to the newest chunk and makes them durable. A write or a
// sync that fails condemns the chunk (after a failed sync nobody knows what the kernel dropped): it is cut back to what
// was synced before and never written again, and the same frames go to a fresh chunk once. One thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "env/files.h"
#include "spool/chunk.h"

namespace holter::spool {

// Framed batches of one lane, ready to be written in one go.
struct Frames {
  std::vector<std::uint8_t> bytes;
  std::vector<Entry> entries;  // offsets count from the beginning of `bytes`
};

class ChunkWriter {
 public:
  // Numbers of new chunks come from `*next_number`, shared by all lanes.
  ChunkWriter(env::Files& files, std::string directory, record::Lane lane, std::uint64_t chunk_bytes,
              std::uint64_t* next_number);

  struct Written {
    ChunkId chunk;
    std::vector<Entry> entries;  // offsets in the chunk
    bool condemned = false;      // a chunk was given up on the way
  };
  // Durable when it succeeds; when it fails nothing of it will be seen again.
  base::Result<Written> write(std::uint32_t epoch, const Frames& frames);
  // The next write begins a new chunk.
  void close() { file_.reset(); }
  bool is_open(const ChunkId& id) const { return file_ != nullptr && id_ == id; }

 private:
  base::Result<void> open(std::uint32_t epoch);
  base::Result<void> write_once(std::uint32_t epoch, const Frames& frames);
  void condemn();

  env::Files& files_;
  std::string directory_;
  record::Lane lane_;
  std::uint64_t chunk_bytes_;
  std::uint64_t* next_number_;
  std::unique_ptr<env::File> file_;
  ChunkId id_;
  std::uint64_t synced_ = 0;
};

}  // namespace holter::spool
