// What /proc/PID/status says about a process's power, so that tests and `holter run` itself can prove that nothing but
// the broker holds a capability. Reads a file of the kernel; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"

namespace holter::env_linux {

struct ProcessPower {
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
  bool no_new_privileges = false;
  bool seccomp = false;
  std::uint32_t user = 0;  // effective

  // Nothing to use now and nothing to hand on. The bounding set is a limit, not a power.
  bool none() const { return (inheritable | permitted | effective | ambient) == 0; }
};

base::Result<ProcessPower> process_power(pid_t pid);

// Whether the process holds no capability at all.
base::Result<bool> no_capabilities(pid_t pid);

}  // namespace holter::env_linux
