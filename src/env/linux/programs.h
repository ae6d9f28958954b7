// Programs on Linux: posix_spawn, a pidfd to wait for the end, pipes through the loop. Each program is tended by a task
// of this object, not by its caller's, so that a cancelled caller still sees it ended and reaped. Writing to a program
// that reads no more must not kill holter: run() makes the process ignore SIGPIPE.
#pragma once

#include <memory>

#include "env/programs.h"

namespace holter::env_linux {

class Programs final : public env::Programs {
 public:
  Programs(boost::asio::any_io_executor executor, env::Clock& clock);
  ~Programs() override;

  env::Task<base::Result<env::ProgramEnd>> run(env::ProgramOrder order) override;
  // Before the loop is destroyed: programs that still run are killed with its frames.
  void close() { tending_.reset(); }

 private:
  boost::asio::any_io_executor executor_;
  env::Clock& clock_;
  std::unique_ptr<env::TaskGroup> tending_;
  std::shared_ptr<void> seat_;  // each running program holds a share
};

}  // namespace holter::env_linux
