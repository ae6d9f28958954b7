#include "env/linux/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "env/linux/os_error.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

base::Error failed(std::string_view doing, const std::string& path) {
  const int code = errno;
  return os_error("cannot " + std::string(doing) + ' ' + path, code);
}

int flags_of(env::OpenMode mode) {
  switch (mode) {
    case env::OpenMode::read: return O_RDONLY;
    case env::OpenMode::write: return O_RDWR;
    case env::OpenMode::create: return O_RDWR | O_CREAT;
    case env::OpenMode::create_new: return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

class File final : public env::File {
 public:
  File(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(fd_.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed("read", path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  base::Result<void> write_at(std::uint64_t offset, base::Bytes bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto left = bytes.subspan(done);
      const ssize_t put = ::pwrite(fd_.get(), left.data(), left.size(), static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return failed("write", path_);
      done += static_cast<std::size_t>(put);
    }
    return {};
  }

  base::Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return failed("change the size of", path_);
    return {};
  }

  base::Result<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return failed("sync", path_);
    return {};
  }

  base::Result<std::uint64_t> size() const override {
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) return failed("ask the size of", path_);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

// flock belongs to the open file: a second open of this same process is refused too, and a crash lets go.
class FileLock final : public env::FileLock {
 public:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

base::Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), kDirectoryMode) == 0) return {};
  if (errno != EEXIST) return failed("make the directory", path);
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return failed("look at", path);
  if (S_ISDIR(status.st_mode)) return {};
  return base::Error{base::ErrorKind::exists, "cannot make the directory " + path + ": there is a file of that name"};
}

bool is_directory(const std::string& directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status{};
  return ::lstat((directory + '/' + entry.d_name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

base::Result<std::unique_ptr<env::File>> Files::open(const std::string& path, env::OpenMode mode) {
  UniqueFd fd(::open(path.c_str(), flags_of(mode) | O_CLOEXEC, kFileMode));
  if (!fd) return failed("open", path);
  return std::unique_ptr<env::File>(new File(path, std::move(fd)));
}

base::Result<void> Files::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename to " + to + " the file", from);
  return {};
}

base::Result<void> Files::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failed("remove", path);
  return {};
}

base::Result<std::vector<std::string>> Files::list(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  if (!open) return failed("list", directory);
  std::vector<std::string> names;
  for (errno = 0; const dirent* entry = ::readdir(open.get()); errno = 0) {
    if (!is_directory(directory, *entry)) names.emplace_back(entry->d_name);
  }
  if (errno != 0) return failed("list", directory);
  std::ranges::sort(names);
  return names;
}

base::Result<void> Files::make_directories(const std::string& path) {
  for (auto slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
    if (auto made = make_directory(path.substr(0, slash)); !made) return made;
  }
  return make_directory(path);
}

base::Result<void> Files::sync_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return failed("open the directory", path);
  if (::fsync(fd.get()) != 0) return failed("sync the directory", path);
  return {};
}

base::Result<std::unique_ptr<env::FileLock>> Files::lock(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (!fd) return failed("open", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return std::unique_ptr<env::FileLock>(new FileLock(std::move(fd)));
  if (errno == EWOULDBLOCK) return base::Error{base::ErrorKind::busy, path + " is locked by another holder"};
  return failed("lock", path);
}

base::Result<std::uint64_t> Files::free_bytes(const std::string& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0) return failed("ask the free space at", path);
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace holter::env_linux
