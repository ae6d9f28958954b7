#include "env/linux/mapped_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

// Nobody else can have made it, and nobody else can read it.
base::Result<struct stat> look_at(int file, const std::string& path) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return os_error("cannot look at " + path, errno);
  const bool own = S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && status.st_nlink == 1;
  if (own && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return status;
  return base::Error{base::ErrorKind::invalid,
                     path + " is not a file of mode 0600 of this user's own; holter leaves it alone: remove it"};
}

// A page that nobody touched yet is made when it is written to first, which would be in the middle of a burst of
// frames. Kernels before Linux 5.14 cannot do it beforehand, and on a disk it would write out what holds nothing.
void make_pages(std::span<std::uint64_t> words) {
  std::ignore = ::madvise(words.data(), words.size_bytes(), MADV_POPULATE_WRITE);
}

}  // namespace

MappedFile::MappedFile(std::string path, UniqueFd file, std::size_t bytes)
    : path_(std::move(path)), file_(std::move(file)), bytes_(bytes) {}

MappedFile::~MappedFile() {
  if (!words_.empty()) ::munmap(words_.data(), bytes_);
}

base::Result<std::unique_ptr<MappedFile>> MappedFile::open(const std::string& path, std::size_t bytes) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!fd) return os_error("cannot open " + path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return os_error("cannot lock " + path, errno);
    return base::Error{base::ErrorKind::busy, "another process has " + path + " open"};
  }
  const auto status = look_at(fd.get(), path);
  if (!status) return status.error();
  std::unique_ptr<MappedFile> file(new MappedFile(path, std::move(fd), bytes));
  struct statfs system{};
  file->in_memory_ = ::fstatfs(file->file_.get(), &system) == 0 && system.f_type == TMPFS_MAGIC;
  file->was_there_ = static_cast<std::uint64_t>(status->st_size) == bytes;
  if (!file->was_there_ && ::ftruncate(file->file_.get(), 0) != 0) return os_error("cannot empty " + path, errno);
  if (auto room = file->take_room(); !room) {
    // Half a file would only take the room that there is.
    if (!file->was_there_) ::unlink(path.c_str());
    return room.error();
  }
  if (auto mapped = file->map(); !mapped) return mapped.error();
  return file;
}

base::Result<void> MappedFile::take_room() {
  const int code = ::posix_fallocate(file_.get(), 0, static_cast<off_t>(bytes_));
  if (code != 0) return os_error("cannot make room for " + path_, code);
  return {};
}

base::Result<void> MappedFile::map() {
  void* const memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (memory == MAP_FAILED) return os_error("cannot map " + path_, errno);
  words_ = {static_cast<std::uint64_t*>(memory), bytes_ / sizeof(std::uint64_t)};
  if (in_memory_) make_pages(words_);
  return {};
}

base::Result<void> MappedFile::clear() {
  if (::ftruncate(file_.get(), 0) != 0) return os_error("cannot empty " + path_, errno);
  auto room = take_room();
  if (room && in_memory_) make_pages(words_);
  return room;
}

base::Result<void> MappedFile::remove() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return os_error("cannot remove " + path_, errno);
  return {};
}

}  // namespace holter::env_linux
