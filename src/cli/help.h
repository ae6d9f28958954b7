// What `holter help` and `holter COMMAND --help` print, made from the grammar and as wide as the screen. Pure.
#pragma once

#include <string>

#include "cli/grammar.h"
#include "term/screen.h"

namespace holter::cli {

// All commands, by purpose.
std::string help(Grammar grammar, std::string_view program, const term::Screen& screen);
// One command: usage, operands, options, examples.
std::string help(const Command& command, const term::Screen& screen);

// "-c, --count N"
std::string form(const Option& option);

}  // namespace holter::cli
