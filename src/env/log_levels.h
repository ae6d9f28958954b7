// LogLevels says from which level on lines are written: one level for all components, others for single ones. Written
// as people write it: "info,heartbeat=debug,uplink=warn". Pure; value type.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env/log.h"

namespace holter::env {

struct LogLevels {
  LogLevel level = LogLevel::info;
  std::map<std::string, LogLevel> components = {};

  friend bool operator==(const LogLevels&, const LogLevels&) = default;
};

std::optional<LogLevel> parse_log_level(std::string_view word);

// A level, then levels of components, in any order, separated by commas; each once. Without a level for all: info.
// Fails with every mistake in words, and the nearest level or component.
base::Result<LogLevels> parse_log_levels(std::string_view text);

}  // namespace holter::env
