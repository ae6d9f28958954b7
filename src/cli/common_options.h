// Options that mean the same at every command that has them, written once.
#pragma once

#include "cli/grammar.h"

namespace holter::cli {

Option json_option(std::string help);
Option since_option();                      // --since 10m
Option follow_option();                     // --follow
Option agent_option();                      // --agent NAME
Option filter_option();                     // --filter EXPR
Option count_option(std::string help);      // -c, --count N
Option interval_option(std::string help);   // -i is taken by the interface: --interval DURATION
Option interface_option(std::string help);  // -i, --interface NAME
Option write_option(std::string help);      // -w, --write FILE
Option runtime_option();                    // --runtime DIR

}  // namespace holter::cli
