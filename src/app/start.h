// The first steps of every recording role, while the process is still one thread: choose the places, start the broker,
// give up power, lock the data directory. What they leave behind is a Ground for the loops to stand on.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "app/commands.h"
#include "app/options.h"
#include "app/paths.h"
#include "env/files.h"
#include "env/linux/broker_client.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/raw_sockets.h"
#include "env/linux/service_notify.h"

namespace holter::app {

struct Ground {
  Paths paths;
  env_linux::ServiceNotify service = env_linux::ServiceNotify::from_environment();
  std::unique_ptr<env_linux::BrokerClient> broker;  // empty: no raw sockets, and `no_broker` says why
  std::string no_broker;
  std::string runs_as;  // in words
  std::unique_ptr<env_linux::ProgramLog> log;
  std::unique_ptr<env_linux::Loop> loop;
  std::unique_ptr<env::FileLock> lock;

  // For the loops that ping and capture.
  env_linux::LoopOptions loop_options();
};

struct StartFailure {
  int exit_code = kFailed;
  std::string text;
};

std::variant<std::unique_ptr<Ground>, StartFailure> prepare(const RunOptions& options);

// As the settings want them.
env::LogLevels log_levels(const config::LogSettings& settings);

// Why these options may not be used as they are: an address other than loopback without --insecure. Empty: they may.
// Pulses may be heard anywhere: keys prove them.
std::string refuse_insecure(const RunOptions& options);

}  // namespace holter::app
