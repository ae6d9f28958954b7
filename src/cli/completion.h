// Completions of the command line for bash, zsh and fish, made from the grammar: commands and their second words,
// options, the choices of a value, and files, directories and network interfaces where a value is one. Pure.
#pragma once

#include <string>

#include "cli/grammar.h"

namespace holter::cli {

std::string bash_completion(Grammar grammar);
std::string zsh_completion(Grammar grammar);
std::string fish_completion(Grammar grammar);

}  // namespace holter::cli
