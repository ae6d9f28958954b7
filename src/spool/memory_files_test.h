// A disk in memory for the spool's tests: forgets what was not synced at a power loss, keeps a torn part of it if
// asked, and fails the calls that a test names.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "env/files.h"

namespace holter::spool {

class MemoryFiles final : public env::Files {
 public:
  struct Content {
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> synced;
  };

  // Asked before every write ("write"), sync ("sync") with the file's name; true makes it fail.
  std::function<bool(const std::string& call, const std::string& path)> fails = [](auto&, auto&) { return false; };
  // Called after every call that reached the disk.
  std::function<void()> after_call = [] {};

  std::map<std::string, std::shared_ptr<Content>>& names() { return names_; }

  // What is on the platter now, as a fresh disk. With `random`, unsynced bytes at a file's end survive in part.
  std::unique_ptr<MemoryFiles> after_power_loss(std::mt19937_64* random = nullptr) const {
    auto disk = std::make_unique<MemoryFiles>();
    for (const auto& [path, content] : synced_names_) {
      auto copy = std::make_shared<Content>();
      copy->bytes = content->synced;
      if (random != nullptr && content->bytes.size() > content->synced.size()) {
        const std::size_t more = (*random)() % (content->bytes.size() - content->synced.size() + 1);
        const auto from = content->bytes.begin() + static_cast<std::ptrdiff_t>(content->synced.size());
        copy->bytes.insert(copy->bytes.end(), from, from + static_cast<std::ptrdiff_t>(more));
      }
      copy->synced = copy->bytes;
      disk->names_[path] = copy;
      disk->synced_names_[path] = copy;
    }
    return disk;
  }

  base::Result<std::unique_ptr<env::File>> open(const std::string& path, env::OpenMode mode) override {
    const bool there = names_.contains(path);
    if (!there && (mode == env::OpenMode::read || mode == env::OpenMode::write)) {
      return base::Error{base::ErrorKind::not_found, path};
    }
    if (there && mode == env::OpenMode::create_new) return base::Error{base::ErrorKind::exists, path};
    auto& content = names_[path];
    if (!content) content = std::make_shared<Content>();
    return std::unique_ptr<env::File>(std::make_unique<Open>(*this, path, content));
  }
  base::Result<void> rename(const std::string& from, const std::string& to) override {
    names_[to] = names_[from];
    names_.erase(from);
    return {};
  }
  base::Result<void> remove(const std::string& path) override {
    if (names_.erase(path) == 0) return base::Error{base::ErrorKind::not_found, path};
    return {};
  }
  base::Result<std::vector<std::string>> list(const std::string& directory) override {
    std::vector<std::string> found;
    for (const auto& [path, content] : names_) {
      if (path.starts_with(directory + '/')) found.push_back(path.substr(directory.size() + 1));
    }
    return found;
  }
  base::Result<void> make_directories(const std::string&) override { return {}; }
  base::Result<void> sync_directory(const std::string&) override {
    synced_names_ = names_;
    after_call();
    return {};
  }
  base::Result<std::unique_ptr<env::FileLock>> lock(const std::string&) override {
    return std::make_unique<env::FileLock>();
  }
  base::Result<std::uint64_t> free_bytes(const std::string&) override { return 1ULL << 40; }

 private:
  class Open final : public env::File {
   public:
    Open(MemoryFiles& disk, std::string path, std::shared_ptr<Content> content)
        : disk_(disk), path_(std::move(path)), content_(std::move(content)) {}

    base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
      const auto& bytes = content_->bytes;
      if (offset >= bytes.size()) return 0UL;
      const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
      return count;
    }
    base::Result<void> write_at(std::uint64_t offset, base::Bytes bytes) override {
      if (disk_.fails("write", path_)) return base::Error{base::ErrorKind::io, "write of " + path_};
      auto& all = content_->bytes;
      all.resize(std::max<std::size_t>(all.size(), offset + bytes.size()));
      std::ranges::copy(bytes, all.begin() + static_cast<std::ptrdiff_t>(offset));
      disk_.after_call();
      return {};
    }
    base::Result<void> truncate(std::uint64_t size) override {
      content_->bytes.resize(size);
      return {};
    }
    base::Result<void> sync() override {
      if (disk_.fails("sync", path_)) return base::Error{base::ErrorKind::io, "sync of " + path_};
      content_->synced = content_->bytes;
      disk_.after_call();
      return {};
    }
    base::Result<std::uint64_t> size() const override { return content_->bytes.size(); }

   private:
    MemoryFiles& disk_;
    std::string path_;
    std::shared_ptr<Content> content_;
  };

  std::map<std::string, std::shared_ptr<Content>> names_;
  std::map<std::string, std::shared_ptr<Content>> synced_names_;
};

}  // namespace holter::spool
