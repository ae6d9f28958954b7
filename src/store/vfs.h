// FilesVfs lets SQLite keep its files through env::Files, so that the store runs in the simulated world with its power
// losses and full disks. One connection only: locks do nothing, there is no shared memory and no mmap, and the
// connection must use locking_mode=EXCLUSIVE. Files live only in what env::Files calls them; temporary files are
// refused (temp_store=MEMORY). Registered with SQLite under a name of its own while it lives; one thread.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "env/files.h"
#include "env/random.h"

namespace holter::store {

class FilesVfs {
 public:
  FilesVfs(env::Files& files, env::Random& random);
  ~FilesVfs();
  FilesVfs(const FilesVfs&) = delete;
  FilesVfs& operator=(const FilesVfs&) = delete;

  const std::string& name() const { return name_; }

 private:
  struct World {
    env::Files& files;
    env::Random& random;
  };
  friend struct VfsCalls;

  World world_;
  std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace holter::store
