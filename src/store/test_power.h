// FailingPower stands between the store and a simulated disk: from the changing operation numbered `cut` on nothing
// reaches the disk, as when the power goes. Then take the power from the disk itself and open the store again.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "env/files.h"

namespace holter::store {

class FailingPower final : public env::Files {
 public:
  explicit FailingPower(env::Files& disk, std::uint64_t cut = std::numeric_limits<std::uint64_t>::max())
      : disk_(disk), cut_(cut) {}

  std::uint64_t operations() const { return operations_; }

  base::Result<void> spend() {
    if (operations_ >= cut_) return base::Error{base::ErrorKind::io, "no power"};
    ++operations_;
    return {};
  }

  base::Result<std::unique_ptr<env::File>> open(const std::string& path, env::OpenMode mode) override {
    const bool changes = mode == env::OpenMode::create || mode == env::OpenMode::create_new;
    if (changes) {
      if (auto on = spend(); !on) return on.error();
    }
    auto file = disk_.open(path, mode);
    if (!file) return file.error();
    return std::unique_ptr<env::File>(std::make_unique<Open>(*this, std::move(*file)));
  }
  base::Result<void> rename(const std::string& from, const std::string& to) override {
    return powered([&] { return disk_.rename(from, to); });
  }
  base::Result<void> remove(const std::string& path) override {
    return powered([&] { return disk_.remove(path); });
  }
  base::Result<std::vector<std::string>> list(const std::string& directory) override { return disk_.list(directory); }
  base::Result<void> make_directories(const std::string& path) override {
    return powered([&] { return disk_.make_directories(path); });
  }
  base::Result<void> sync_directory(const std::string& path) override {
    return powered([&] { return disk_.sync_directory(path); });
  }
  base::Result<std::unique_ptr<env::FileLock>> lock(const std::string& path) override { return disk_.lock(path); }
  base::Result<std::uint64_t> free_bytes(const std::string& path) override { return disk_.free_bytes(path); }

 private:
  class Open final : public env::File {
   public:
    Open(FailingPower& power, std::unique_ptr<env::File> file) : power_(power), file_(std::move(file)) {}
    base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
      return file_->read_at(offset, into);
    }
    base::Result<void> write_at(std::uint64_t offset, base::Bytes bytes) override {
      return power_.powered([&] { return file_->write_at(offset, bytes); });
    }
    base::Result<void> truncate(std::uint64_t size) override {
      return power_.powered([&] { return file_->truncate(size); });
    }
    base::Result<void> sync() override {
      return power_.powered([&] { return file_->sync(); });
    }
    base::Result<std::uint64_t> size() const override { return file_->size(); }

   private:
    FailingPower& power_;
    std::unique_ptr<env::File> file_;
  };

  template <class Work>
  base::Result<void> powered(Work work) {
    if (auto on = spend(); !on) return on;
    return work();
  }

  env::Files& disk_;
  std::uint64_t cut_;
  std::uint64_t operations_ = 0;
};

}  // namespace holter::store
