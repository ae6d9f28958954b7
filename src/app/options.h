// What a person can say on the command line, as plain values with their defaults; docs/commands.md is the same table.
// Filled from the command line, used by the roles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/configuration.h"
#include "base/ip.h"
#include "base/time.h"
#include "config/settings.h"
#include "heartbeat/client_key.h"

namespace holter::app {

using config::kPort;

enum class Role : std::uint8_t { run, hub, agent };

struct RunOptions {
  Role role = Role::run;
  bool passive = false;  // no probes
  config::Settings settings = {};
  ConfigSource source = {};  // where they came from, to read them again
};

struct PulseOptions {
  std::string hub_host;
  std::uint16_t hub_port = kPort;
  std::string name;
  std::optional<heartbeat::ClientKey> key;
  std::optional<base::Duration> interval;
  std::vector<std::string> messages;
  bool terminate = false;
  bool stay_open = false;  // --no-terminate
  bool debug = false;
  bool interactive = false;
  std::string command;  // --exec
  std::uint64_t count = 0;  // 0: until interrupted
};

}  // namespace holter::app
