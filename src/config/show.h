// Settings as text: the effective ones with where each comes from, the commented template of a new file, and what a
// change of them asks for. All from the table of keys. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace holter::config {

// TOML that loads to the same settings, each line with its origin as a comment.
std::string show(const Loaded& loaded);
// One JSON object: {"settings":[{"key":…,"value":…,"origin":…}…]}; values as TOML.
std::string show_json(const Loaded& loaded);

// The probes and modules alone, as TOML, each with where it was found: what an import prints.
std::string show_probes(const Loaded& loaded);

// A file in which everything is explained and commented out.
std::string template_text();

// The keys whose values differ and are taken over by a restart only.
std::vector<std::string> needs_restart(const Settings& running, const Settings& wanted);

}  // namespace holter::config
