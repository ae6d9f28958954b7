#include "env/linux/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

constexpr mode_t kMode = 0640;
// O_NONBLOCK: a pipe that nobody reads is refused and not waited for.
constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

base::Result<UniqueFd> open_file(const std::string& path) {
  UniqueFd file(::open(path.c_str(), kFlags | O_CREAT | O_EXCL, kMode));
  const bool is_new = static_cast<bool>(file);
  if (!is_new && errno == EEXIST) file.reset(::open(path.c_str(), kFlags));
  if (!file) return os_error("cannot open the log file " + path, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return os_error("cannot use the log file " + path, errno);
  if (!S_ISREG(status.st_mode)) {
    return base::Error{base::ErrorKind::invalid, "cannot log into " + path + ": it is not a regular file"};
  }
  // The umask does not decide who may read it.
  if (is_new && ::fchmod(file.get(), kMode) != 0) return os_error("cannot set the mode of " + path, errno);
  return file;
}

}  // namespace

base::Result<RotatedFile> RotatedFile::open(LogFile options) {
  RotatedFile file(std::move(options));
  if (const auto opened = file.reopen(); !opened) return opened.error();
  return file;
}

base::Result<void> RotatedFile::reopen() {
  auto file = open_file(options_.path);
  if (!file) return file.error();
  file_ = std::move(*file);
  const auto size = size_now();
  if (!size) return size.error();
  size_ = *size;
  return {};
}

base::Result<std::uint64_t> RotatedFile::size_now() const {
  struct stat status{};
  if (::fstat(file_.get(), &status) != 0) return os_error("cannot use the log file " + options_.path, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

base::Result<void> RotatedFile::append(std::string_view line) {
  if (!file_) {
    if (const auto opened = reopen(); !opened) return opened;
  }
  if (size_ + line.size() > options_.rotate_size) {
    const auto size = size_now();
    if (!size) return size.error();
    size_ = *size;
    if (size_ > 0 && size_ + line.size() > options_.rotate_size) {
      if (const auto rotated = rotate(); !rotated) return rotated;
    }
  }
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t more = ::write(file_.get(), line.data() + written, line.size() - written);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) break;
    written += static_cast<std::size_t>(more);
  }
  const int code = errno;
  size_ += written;
  if (written == line.size()) return {};
  take_back(written);
  return os_error("cannot write the log file " + options_.path, code);
}

// The last `count` bytes, of a line that the disk took in part.
void RotatedFile::take_back(std::uint64_t count) {
  const auto size = size_now();
  if (count == 0 || !size || *size < count) return;
  if (::ftruncate(file_.get(), static_cast<off_t>(*size - count)) == 0) size_ = *size - count;
}

std::string RotatedFile::path_of(std::uint32_t number) const {
  const std::string& path = options_.path;
  if (number == 0) return path;
  const std::size_t name = path.rfind('/') + 1;  // of no slash: 0
  const std::size_t dot = path.rfind('.');
  const std::size_t end = dot == std::string::npos || dot <= name ? path.size() : dot;
  return path.substr(0, end) + '.' + std::to_string(number) + path.substr(end);
}

base::Result<void> RotatedFile::rotate() {
  const std::string& path = options_.path;
  if (options_.keep == 0) {
    if (::ftruncate(file_.get(), 0) != 0) return os_error("cannot empty the log file " + path, errno);
    size_ = 0;
    return {};
  }
  for (std::uint32_t number = options_.keep; number > 0; --number) {
    const std::string from = path_of(number - 1);
    const std::string to = path_of(number);
    if (std::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
      return os_error("cannot rotate the log file: cannot rename " + from + " to " + to, errno);
    }
  }
  file_.reset();
  return reopen();
}

}  // namespace holter::env_linux
