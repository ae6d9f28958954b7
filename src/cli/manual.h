// Manual pages from the grammar, as scdoc(5) source: holter(1), and one page a command. Pure.
#pragma once

#include <string>

#include "cli/grammar.h"

namespace holter::cli {

// "holter", "holter-config-check": the page's name and, with ".1", its file.
std::string manual_name(const Command& command);

// `program` is the one line that says what holter is.
std::string manual(Grammar grammar, std::string_view program);
std::string manual(const Command& command);

}  // namespace holter::cli
