#include "sim/disk.h"

#include <algorithm>

#include "sim/disk_file.h"
#include "sim/disk_path.h"

namespace holter::sim {
namespace {

using base::Error;
using base::ErrorKind;

Error missing(const std::string& path) { return {ErrorKind::not_found, path + ": no such file or directory"}; }

}  // namespace

void Disk::set_faults(const DiskFaults& faults) {
  faults_ = faults;
  operations_ = 0;
  syncs_ = 0;
}

base::Result<void> Disk::operate(std::string_view what, const std::string& path) {
  timeline_.trace().note(what, {operations_});
  if (operations_++ == faults_.fail_operation) return Error{ErrorKind::io, path + ": input/output error"};
  return {};
}

std::uint64_t Disk::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, body] : names_) sum += body->contents.size();
  return sum;
}

base::Result<std::unique_ptr<env::File>> Disk::open(const std::string& given, env::OpenMode mode) {
  const std::string path = normal_path(given);
  if (directories_.contains(path)) return Error{ErrorKind::invalid, path + ": is a directory"};
  auto found = names_.find(path);
  if (found != names_.end() && mode == env::OpenMode::create_new) {
    return Error{ErrorKind::exists, path + ": file exists"};
  }
  if (found == names_.end()) {
    if (mode == env::OpenMode::read || mode == env::OpenMode::write) return missing(path);
    if (!directories_.contains(parent_of(path))) return missing(path);
    if (auto done = operate("create", path); !done) return done.error();
    found = names_.emplace(path, std::make_shared<FileBody>()).first;
  }
  return std::unique_ptr<env::File>(new DiskFile(*this, found->second, path, mode != env::OpenMode::read));
}

base::Result<void> Disk::rename(const std::string& from, const std::string& to) {
  const auto found = names_.find(normal_path(from));
  if (found == names_.end()) return missing(from);
  if (!directories_.contains(parent_of(normal_path(to)))) return missing(to);
  if (auto done = operate("rename", from); !done) return done;
  const auto body = found->second;
  names_.erase(found);
  names_[normal_path(to)] = body;
  return {};
}

base::Result<void> Disk::remove(const std::string& path) {
  const auto found = names_.find(normal_path(path));
  if (found == names_.end()) return missing(path);
  if (auto done = operate("remove", path); !done) return done;
  names_.erase(found);
  return {};
}

base::Result<std::vector<std::string>> Disk::list(const std::string& given) {
  const std::string directory = normal_path(given);
  if (!directories_.contains(directory)) return missing(directory);
  std::vector<std::string> out;
  for (const auto& [path, body] : names_) {
    if (parent_of(path) == directory) out.push_back(path.substr(path.rfind('/') + 1));
  }
  return out;
}

base::Result<void> Disk::make_directories(const std::string& given) {
  for (std::string path = normal_path(given); path != "/"; path = parent_of(path)) {
    if (names_.contains(path)) return Error{ErrorKind::exists, path + ": is a file"};
    directories_.insert(path);
  }
  return {};
}

base::Result<void> Disk::sync_directory(const std::string& given) {
  const std::string directory = normal_path(given);
  if (!directories_.contains(directory)) return missing(directory);
  if (auto done = operate("sync_directory", directory); !done) return done;
  std::erase_if(durable_names_, [&](const auto& entry) { return parent_of(entry.first) == directory; });
  for (const auto& [path, body] : names_) {
    if (parent_of(path) == directory) durable_names_[path] = body;
  }
  return {};
}

base::Result<std::unique_ptr<env::FileLock>> Disk::lock(const std::string& given) {
  const std::string path = normal_path(given);
  if (locks_.contains(path)) return Error{ErrorKind::busy, path + ": locked by another holder"};
  auto file = open(path, env::OpenMode::create);
  if (!file) return file.error();
  locks_.insert(path);
  return std::unique_ptr<env::FileLock>(new DiskLock(*this, path));
}

base::Result<std::uint64_t> Disk::free_bytes(const std::string&) {
  const std::uint64_t taken = used();
  return taken < faults_.capacity ? faults_.capacity - taken : 0;
}

base::Result<std::size_t> Disk::write(FileBody& body, std::uint64_t offset, base::Bytes bytes) {
  if (auto done = operate("write", "file"); !done) return done.error();
  const std::uint64_t other = used() - std::min<std::uint64_t>(used(), body.contents.size());
  const std::uint64_t room = faults_.capacity > other + offset ? faults_.capacity - other - offset : 0;
  const auto fits = bytes.first(std::min<std::uint64_t>(bytes.size(), room));
  FileBody::Write change{offset, {fits.begin(), fits.end()}, false};
  redo(change, body.contents);
  body.unsynced.push_back(std::move(change));
  if (fits.size() < bytes.size()) return Error{ErrorKind::full, "no space left on the disk"};
  return bytes.size();
}

base::Result<void> Disk::truncate(FileBody& body, std::uint64_t size) {
  if (auto done = operate("truncate", "file"); !done) return done;
  FileBody::Write change{size, {}, true};
  redo(change, body.contents);
  body.unsynced.push_back(std::move(change));
  return {};
}

base::Result<void> Disk::sync(FileBody& body) {
  const bool fails = syncs_++ == faults_.fail_sync;
  auto done = operate("sync", "file");
  if (done && fails) done = Error{ErrorKind::io, "sync failed: what was not synced is lost"};
  if (done) {
    for (const auto& change : body.unsynced) redo(change, body.durable);
  }
  body.unsynced.clear();
  return done;
}

void Disk::power_lost() {
  process_died();
  names_ = durable_names_;
  for (auto& [path, body] : names_) {
    // Below() of one more than there are, so that all or none may survive.
    std::size_t kept = faults_.tear ? timeline_.random().below(body->unsynced.size() + 1) : 0;
    for (auto& change : body->unsynced) {
      if (kept == 0) {
        if (!faults_.tear || change.truncates) break;
        change.bytes.resize(timeline_.random().below(change.bytes.size() + 1));
      }
      redo(change, body->durable);
      if (kept-- == 0) break;
    }
    body->unsynced.clear();
    body->contents = body->durable;
  }
}

}  // namespace holter::sim
