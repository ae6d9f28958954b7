// Which configuration a holter reads, and with which knowledge of the other modules it is judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/paths.h"
#include "config/load.h"

namespace holter::app {

// What is needed to read the same configuration again.
struct ConfigSource {
  std::optional<std::string> path = {};
  std::vector<config::Override> overrides = {};
};

// The file that is read when none is named: $XDG_CONFIG_HOME/holter/holter.toml (~/.config), for root and for services
// /etc/holter/holter.toml. Empty: there is none.
std::optional<std::string> found_config(const UserFacts& user);

// Blocks on the disk.
std::variant<config::Loaded, config::Mistakes> load(const ConfigSource& source);

// A module as a plan of which can be said whether it can be run.
record::ProbePlan with_some_target(record::ProbePlan module);

// "2 probes, 1 session"
std::string config_in_words(const config::Settings& settings);

}  // namespace holter::app
