// The options of the recording roles that stand for a setting of holter.toml, as one table: what is given on the
// command line goes before the file.
#pragma once

#include <vector>

#include "app/options.h"
#include "cli/arguments.h"
#include "config/load.h"

namespace holter::app {

// The rows of the grammar, with the help of the setting they stand for.
std::vector<cli::Option> setting_options(Role role);
// What was given of them.
base::Result<std::vector<config::Override>> overrides_of(const cli::Arguments& arguments, Role role);

}  // namespace holter::app
