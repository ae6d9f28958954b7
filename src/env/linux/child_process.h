// ChildProcess is one started program: its process group, the pidfd that becomes readable at its end, and our ends of
// its three pipes. Destroying it before take_end() kills its group and reaps it. Any one thread.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "env/linux/unique_fd.h"
#include "env/programs.h"

namespace holter::env_linux {

class ChildProcess {
 public:
  static base::Result<ChildProcess> start(const env::ProgramOrder& order);
  ChildProcess(ChildProcess&& other) noexcept;
  ~ChildProcess();

  // Readable when the program has ended.
  UniqueFd& ended() { return ended_; }
  UniqueFd& input() { return input_; }
  UniqueFd& output() { return output_; }
  UniqueFd& error() { return error_; }

  // To every process of its group; a group that is gone is none.
  void signal_group(int number) const;
  // Reaps it; once, after `ended` became readable. Sets exit_status or signal.
  void take_end(env::ProgramEnd& into);

 private:
  ChildProcess() = default;

  pid_t pid_ = 0;  // 0: reaped
  UniqueFd ended_;
  UniqueFd input_;
  UniqueFd output_;
  UniqueFd error_;
};

}  // namespace holter::env_linux
