// Log to standard error through spdlog, one write a line, so that several threads and processes may share the stream:
//
//   2026-03-01T12:34:56.789Z info  uplink: connected hub=192.0.2.1:4281
//
// Times are UTC. Messages below the level are not formatted. Any thread; one Log serves all loops.
#pragma once

#include <memory>

#include "env/log.h"

namespace holter::env_linux {

std::unique_ptr<env::Log> make_stderr_log(env::LogLevel level);

}  // namespace holter::env_linux
