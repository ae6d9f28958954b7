// Disk is the storage of one simulated host; it survives crashes and says what a power loss leaves. A sorted tree in
// memory holds two views: what a program sees, and what is durable (contents by sync(), names by sync_directory();
// directories themselves are durable at once). process_died() keeps every written byte. power_lost() goes back to the
// durable view; with `tear` a seeded part of the unsynced writes survives too, the last of them possibly half.
//
// A failed sync leaves the unsynced bytes visible and never durable, as Linux does when write-back fails.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "env/files.h"
#include "sim/timeline.h"

namespace holter::sim {

struct DiskFaults {
  std::uint64_t capacity = 1ULL << 30;
  // Counted from the moment the faults are set, from 0: this changing operation (open that makes a file, write,
  // truncate, sync, rename, remove, sync_directory) fails with ErrorKind::io, as does this sync.
  std::optional<std::uint64_t> fail_operation = {};
  std::optional<std::uint64_t> fail_sync = {};
  bool tear = false;
};

struct FileBody {
  struct Write {
    std::uint64_t offset = 0;
    std::vector<std::uint8_t> bytes;
    bool truncates = false;  // to `offset`
  };
  std::vector<std::uint8_t> contents;
  std::vector<std::uint8_t> durable;
  std::vector<Write> unsynced;
};

class Disk final : public env::Files {
 public:
  explicit Disk(Timeline& timeline) : timeline_(timeline) {}

  base::Result<std::unique_ptr<env::File>> open(const std::string& path, env::OpenMode mode) override;
  base::Result<void> rename(const std::string& from, const std::string& to) override;
  base::Result<void> remove(const std::string& path) override;
  base::Result<std::vector<std::string>> list(const std::string& directory) override;
  base::Result<void> make_directories(const std::string& path) override;
  base::Result<void> sync_directory(const std::string& path) override;
  base::Result<std::unique_ptr<env::FileLock>> lock(const std::string& path) override;
  base::Result<std::uint64_t> free_bytes(const std::string& path) override;

  void set_faults(const DiskFaults& faults);
  // How many changing operations and syncs there were since the faults were set: the range to enumerate failures over.
  std::uint64_t operations() const { return operations_; }
  std::uint64_t syncs() const { return syncs_; }
  void process_died() { locks_.clear(); }
  void power_lost();

  base::Result<std::size_t> write(FileBody& body, std::uint64_t offset, base::Bytes bytes);
  base::Result<void> truncate(FileBody& body, std::uint64_t size);
  base::Result<void> sync(FileBody& body);
  void unlock(const std::string& path) { locks_.erase(path); }

 private:
  using Names = std::map<std::string, std::shared_ptr<FileBody>>;

  base::Result<void> operate(std::string_view what, const std::string& path);
  std::uint64_t used() const;

  Timeline& timeline_;
  DiskFaults faults_;
  std::uint64_t operations_ = 0;
  std::uint64_t syncs_ = 0;
  Names names_;
  Names durable_names_;
  std::set<std::string> directories_{"/"};
  std::set<std::string> locks_;
};

}  // namespace holter::sim
