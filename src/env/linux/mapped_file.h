// MappedFile is a file as memory that outlives the process: what a killed process wrote into it is there for the next.
// It belongs to one process at a time (a lock), is of mode 0600, and has all of its room from the beginning, so that
// writing to the memory never fails. It stays until remove(). Opening blocks; the memory is for any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

class MappedFile {
 public:
  // What a file of just this size holds stays; whatever else was there is gone, and the memory is zero. A file that is
  // not this user's own is not touched (invalid); one that another process has open is busy; `full` without room.
  static base::Result<std::unique_ptr<MappedFile>> open(const std::string& path, std::size_t bytes);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<std::uint64_t> words() const { return words_; }
  // It was there before, of this size.
  bool was_there() const { return was_there_; }
  // Not on a disk.
  bool in_memory() const { return in_memory_; }
  // The memory is zero from here on.
  base::Result<void> clear();
  // From the directory; the memory stays as long as this does.
  base::Result<void> remove();

 private:
  MappedFile(std::string path, UniqueFd file, std::size_t bytes);
  base::Result<void> take_room();
  base::Result<void> map();

  std::string path_;
  UniqueFd file_;
  std::size_t bytes_;
  std::span<std::uint64_t> words_;
  bool was_there_ = false;
  bool in_memory_ = false;
};

}  // namespace holter::env_linux
