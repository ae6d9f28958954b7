// docs/commands.md from the grammar: the reference of all commands in one page. A test compares the page with it. Pure.
#pragma once

#include <string>

#include "cli/grammar.h"

namespace holter::cli {

std::string markdown(Grammar grammar);

}  // namespace holter::cli
