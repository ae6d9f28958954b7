// Every command of holter: its row of the grammar and the function that runs it to its end. One file a command holds
// both (command_NAME.cc); this list is the order in which `holter help` shows them.
#pragma once

#include <span>
#include <vector>

#include "cli/arguments.h"
#include "cli/exit_codes.h"
#include "cli/grammar.h"

namespace holter::app {

using cli::kAlreadyRunning;
using cli::kDone;
using cli::kFailed;
using cli::kNotRunning;
using cli::kUsage;

struct CommandRow {
  cli::Command (*words)();
  int (*run)(const cli::Arguments& arguments);  // returns the exit code
};

std::span<const CommandRow> command_rows();
std::vector<cli::Command> grammar();
// `arguments` are those of a command of grammar().
int run(const cli::Arguments& arguments);

}  // namespace holter::app
