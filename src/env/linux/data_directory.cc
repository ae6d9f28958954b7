#include "env/linux/data_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>

#include "env/linux/os_error.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

base::Error not_without_links(const std::string& path, std::string_view part) {
  return {base::ErrorKind::invalid, "the data directory " + path + " leads over " + std::string(part) +
                                        ", which is a symbolic link or no directory; started by root holter follows "
                                        "none: name the real directory with --data"};
}

// "." and ".." are for who owns them, a new file system has a lost+found.
bool counts(std::string_view name) { return name != "." && name != ".." && name != "lost+found"; }

base::Result<bool> is_empty(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(path.c_str()), ::closedir);
  if (!entries) return os_error("cannot list " + path, errno);
  while (const dirent* entry = ::readdir(entries.get())) {
    if (counts(entry->d_name)) return false;
  }
  return true;
}

// `name` in `parent`, made for `owner` when it is missing.
base::Result<UniqueFd> step_into(int parent, const std::string& name, Account owner, const std::string& path) {
  UniqueFd next(::openat(parent, name.c_str(), kDirectory));
  if (next) return next;
  if (errno == ELOOP || errno == ENOTDIR) return not_without_links(path, name);
  if (errno != ENOENT) return os_error("cannot open " + name + " of the data directory " + path, errno);
  if (::mkdirat(parent, name.c_str(), 0700) != 0) return os_error("cannot make " + name + " of " + path, errno);
  next.reset(::openat(parent, name.c_str(), kDirectory));
  if (!next || ::fchown(next.get(), owner.user, owner.group) != 0) {
    return os_error("cannot give " + name + " of " + path + " to uid " + std::to_string(owner.user), errno);
  }
  return next;
}

}  // namespace

base::Result<DataDirectory> inspect_data_directory(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return DataDirectory{};
    return os_error("cannot look at the data directory " + path, errno);
  }
  if (!S_ISDIR(status.st_mode)) {
    return base::Error{base::ErrorKind::invalid,
                       "the data directory " + path + " is not a directory; name another with --data"};
  }
  DataDirectory found;
  found.owner = {status.st_uid, status.st_gid};
  found.writable_by_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  // Only root, who may list it, needs to know.
  found.state = DataDirectory::State::used;
  if (::geteuid() != 0) return found;
  const auto empty = is_empty(path);
  if (!empty) return empty.error();
  if (*empty) found.state = DataDirectory::State::empty;
  return found;
}

base::Result<void> give_data_directory(const std::string& path, Account owner) {
  UniqueFd directory(::open(path.starts_with('/') ? "/" : ".", kDirectory));
  if (!directory) return os_error("cannot open the start of " + path, errno);
  for (const auto& part : std::filesystem::path(path).relative_path()) {
    if (part.empty() || part == ".") continue;
    auto next = step_into(directory.get(), part.string(), owner, path);
    if (!next) return next.error();
    directory = std::move(*next);
  }
  if (::fchown(directory.get(), owner.user, owner.group) != 0 || ::fchmod(directory.get(), 0700) != 0) {
    return os_error("cannot give the data directory " + path + " to uid " + std::to_string(owner.user), errno);
  }
  return {};
}

base::Result<void> use_data_directory(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  int code = failure.value();
  if (!failure && ::eaccess(path.c_str(), R_OK | W_OK | X_OK) != 0) code = errno;
  if (code != 0) {
    base::Error error = os_error(
        "holter runs as uid " + std::to_string(::geteuid()) + " and cannot make or use the directory " + path, code);
    error.message += "; name one that this user can reach and write with --data, or --runtime for the control socket";
    return error;
  }
  return {};
}

}  // namespace holter::env_linux
