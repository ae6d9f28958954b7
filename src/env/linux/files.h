// Files over the kernel's own calls: pread, pwrite, fdatasync, flock. Relative paths are against the process's
// directory. Every error names the path and what the kernel said. Blocks; stateless, any thread.
#pragma once

#include "env/files.h"

namespace holter::env_linux {

class Files final : public env::Files {
 public:
  base::Result<std::unique_ptr<env::File>> open(const std::string& path, env::OpenMode mode) override;
  base::Result<void> rename(const std::string& from, const std::string& to) override;
  base::Result<void> remove(const std::string& path) override;
  base::Result<std::vector<std::string>> list(const std::string& directory) override;
  base::Result<void> make_directories(const std::string& path) override;
  base::Result<void> sync_directory(const std::string& path) override;
  base::Result<std::unique_ptr<env::FileLock>> lock(const std::string& path) override;
  base::Result<std::uint64_t> free_bytes(const std::string& path) override;
};

}  // namespace holter::env_linux
