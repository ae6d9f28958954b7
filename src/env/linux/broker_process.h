// Starting and ending holter-broker as a child process. Only async-signal-safe calls between fork and exec, so it may
// be used while threads run; but the broker dies with the *thread* that started it (PR_SET_PDEATHSIG), so start it from
// one that stays.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

struct BrokerChild {
  UniqueFd socket;  // requests out, replies in; reads give up after kBrokerAnswerTime
  pid_t pid = -1;
};

// Succeeds when the child exists. When it cannot become the broker it says so itself, by a Reply with Step::execute.
base::Result<BrokerChild> start_broker(const std::string& path);

// Waits for a child that was told to end, `limit_ms` at most; then kills it where the kernel allows.
void end_child(pid_t pid, int limit_ms);

}  // namespace holter::env_linux
