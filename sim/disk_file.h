// The handles a program holds on a simulated disk. They live in the program's coroutines and die with them; the body of
// a file lives as long as a name or a handle does, as an inode.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "env/files.h"
#include "sim/disk.h"

namespace holter::sim {

inline void redo(const FileBody::Write& change, std::vector<std::uint8_t>& contents) {
  if (change.truncates) return contents.resize(change.offset);
  if (contents.size() < change.offset + change.bytes.size()) contents.resize(change.offset + change.bytes.size());
  std::ranges::copy(change.bytes, contents.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

class DiskFile final : public env::File {
 public:
  DiskFile(Disk& disk, std::shared_ptr<FileBody> body, std::string path, bool writable)
      : disk_(disk), body_(std::move(body)), path_(std::move(path)), writable_(writable) {}

  base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
    const auto& contents = body_->contents;
    if (offset >= contents.size()) return std::size_t{0};
    const std::size_t n = std::min<std::uint64_t>(into.size(), contents.size() - offset);
    std::copy_n(contents.begin() + static_cast<std::ptrdiff_t>(offset), n, into.begin());
    return n;
  }
  base::Result<void> write_at(std::uint64_t offset, base::Bytes bytes) override {
    if (!writable_) return read_only();
    auto written = disk_.write(*body_, offset, bytes);
    if (!written) return base::with_context(path_, written.error());
    return {};
  }
  base::Result<void> truncate(std::uint64_t size) override {
    return writable_ ? disk_.truncate(*body_, size) : base::Result<void>(read_only());
  }
  base::Result<void> sync() override { return disk_.sync(*body_); }
  base::Result<std::uint64_t> size() const override { return std::uint64_t{body_->contents.size()}; }

 private:
  base::Error read_only() const { return {base::ErrorKind::permission, path_ + ": opened for reading only"}; }

  Disk& disk_;
  std::shared_ptr<FileBody> body_;
  std::string path_;
  bool writable_;
};

class DiskLock final : public env::FileLock {
 public:
  DiskLock(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  ~DiskLock() override { disk_.unlock(path_); }
  DiskLock(const DiskLock&) = delete;
  DiskLock& operator=(const DiskLock&) = delete;

 private:
  Disk& disk_;
  std::string path_;
};

}  // namespace holter::sim
