// Files is the disk, small enough to simulate: a process crash loses nothing that was written, a power loss loses what
// was not synced (file contents by sync(), names by sync_directory()). Calls block; run them through Offload on a loop.
// Paths are absolute or relative to the process's directory. Modes: files 0600, directories 0700.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::env {

enum class OpenMode : std::uint8_t {
  read,           // must exist
  write,          // read and write, must exist
  create,         // read and write, made when missing
  create_new,     // read and write, must not exist
};

// Used by one thread at a time.
class File {
 public:
  virtual ~File() = default;

  // Fewer bytes than asked only at the end of the file.
  virtual base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
  // All or an error; after an error part of it may have been written.
  virtual base::Result<void> write_at(std::uint64_t offset, base::Bytes bytes) = 0;
  virtual base::Result<void> truncate(std::uint64_t size) = 0;
  // The contents survive a power loss once this has succeeded. After a failure nothing is known about the unsynced
  // part (the kernel may have dropped it): treat the file as condemned.
  virtual base::Result<void> sync() = 0;
  virtual base::Result<std::uint64_t> size() const = 0;
};

// Held until destroyed; a second holder, in this or another process, gets ErrorKind::busy.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class Files {
 public:
  virtual ~Files() = default;

  virtual base::Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  virtual base::Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual base::Result<void> remove(const std::string& path) = 0;
  // Names (not paths) of the directory's files, sorted.
  virtual base::Result<std::vector<std::string>> list(const std::string& directory) = 0;
  virtual base::Result<void> make_directories(const std::string& path) = 0;
  virtual base::Result<void> sync_directory(const std::string& path) = 0;
  virtual base::Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
  virtual base::Result<std::uint64_t> free_bytes(const std::string& path) = 0;
};

// The whole of a small file; too_large over `limit`.
base::Result<std::string> read_text(Files& files, const std::string& path, std::size_t limit);
// Replaces a file so that a crash leaves the old or the new one, never a mixture: write aside, sync, rename, sync.
base::Result<void> replace_text(Files& files, const std::string& path, std::string_view text);

}  // namespace holter::env
