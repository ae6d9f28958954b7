// What a person can say on the command line, as plain values with their defaults; docs/commands.md is the same table.
// Filled from the command line, used by the roles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/default_plan.h"
#include "base/ip.h"
#include "base/time.h"
#include "env/log.h"

namespace holter::app {

inline constexpr std::uint16_t kPort = 4280;        // HTTP over TCP, pulses over UDP
inline constexpr std::uint16_t kUplinkPort = 4281;  // agents

enum class Role : std::uint8_t { run, hub, agent };

struct RunOptions {
  Role role = Role::run;
  std::string data_directory;     // empty: by XDG and user
  std::string runtime_directory;  // empty: by XDG and user
  std::string name;               // empty: the host's
  std::string interface;          // empty: that of the default route
  Targets targets = Targets::found;
  bool passive = false;
  bool insecure = false;
  base::Endpoint http = {base::IpAddress::loopback(base::IpAddress::Family::v4), kPort};
  std::vector<base::Endpoint> pulses = {{base::IpAddress::loopback(base::IpAddress::Family::v4), kPort},
                                        {base::IpAddress::loopback(base::IpAddress::Family::v6), kPort}};
  base::Endpoint listen = {base::IpAddress::loopback(base::IpAddress::Family::v4), kUplinkPort};
  std::string hub_host;  // agent
  std::uint16_t hub_port = kUplinkPort;
  std::uint64_t budget_bytes = 512ULL * 1024 * 1024;
  env::LogLevel log_level = env::LogLevel::info;
};

struct PulseOptions {
  std::string hub_host;
  std::uint16_t hub_port = kPort;
  std::string name;
  std::optional<base::Duration> interval;
  std::vector<std::string> messages;
  bool terminate = false;
  bool stay_open = false;  // --no-terminate
  std::uint64_t count = 0;  // 0: until interrupted
};

}  // namespace holter::app
