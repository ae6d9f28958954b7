// RotatedFile is a log's file: whole lines are appended; when it would become too large, NAME.EXT becomes NAME.1.EXT,
// that one NAME.2.EXT and so on, and the oldest goes. Mode 0640, so that a group may read it. A line is lost rather
// than torn or written past the limit: a disk that is full or a directory that may not be written is an error of
// append(), and the next line tries again. Not spdlog's: that one has the mode of the umask, keeps lines in a buffer,
// sleeps, and empties the file when it cannot be renamed (ADR 0014). One thread at a time; a write takes as long as the
// disk does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

struct LogFile {
  std::string path;
  std::uint64_t rotate_size = 10ULL << 20;
  std::uint32_t keep = 5;  // older files; 0: the file is emptied instead
};

class RotatedFile {
 public:
  static base::Result<RotatedFile> open(LogFile options);

  // Whole lines with their newlines, all of them or nothing.
  base::Result<void> append(std::string_view line);
  // Opens the path anew, for whoever renamed the file (logrotate).
  base::Result<void> reopen();

  const std::string& path() const { return options_.path; }

 private:
  explicit RotatedFile(LogFile options) : options_(std::move(options)) {}
  base::Result<void> rotate();
  void take_back(std::uint64_t count);
  base::Result<std::uint64_t> size_now() const;
  std::string path_of(std::uint32_t number) const;

  LogFile options_;
  UniqueFd file_;
  std::uint64_t size_ = 0;  // as far as is known: somebody else may empty the file
};

}  // namespace holter::env_linux
