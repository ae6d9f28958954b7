// Streams are files, pipes and terminals as a command reads and writes them: bytes in order, from the beginning. Calls
// block; on a loop, run them through Offload. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "base/result.h"
#include "base/time.h"

namespace holter::env {

class InputStream {
 public:
  virtual ~InputStream() = default;

  // Waits for at least one byte and returns how many there were; 0 at the end.
  virtual base::Result<std::size_t> read_some(std::span<std::uint8_t> into) = 0;
  // Bytes in all; 0 when nobody knows.
  virtual std::uint64_t size() const { return 0; }
};

class OutputStream {
 public:
  virtual ~OutputStream() = default;

  // All or an error; after an error written() says how much of it went out. ErrorKind::closed: nobody reads any more.
  // ErrorKind::full: no room on the disk.
  virtual base::Result<void> write_all(base::Bytes bytes) = 0;
  virtual std::uint64_t written() const = 0;
  // Makes a file as short as it was after its first `bytes`; unsupported for what is no regular file.
  virtual base::Result<void> cut_to(std::uint64_t bytes) = 0;
};

// Outputs one after the other: the files of a rotation.
class OutputSeries {
 public:
  virtual ~OutputSeries() = default;

  // The next one, good until the call after; the one before is closed. `first`: from when on it holds something.
  virtual base::Result<OutputStream*> next(base::WallTime first) = 0;
};

// The same output for ever; it outlives this.
class OneOutput final : public OutputSeries {
 public:
  explicit OneOutput(OutputStream& output) : output_(output) {}
  base::Result<OutputStream*> next(base::WallTime) override { return &output_; }

 private:
  OutputStream& output_;
};

}  // namespace holter::env
