// Which command somebody means by the first words of a line. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/grammar.h"

namespace holter::cli {

struct Meant {
  const Command* command = nullptr;
  std::vector<std::string> rest;  // what follows the command's words
};
struct NotMeant {
  std::string why;  // "there is no command 'statsu'; did you mean 'status'?"
};

// `line` is not empty and begins with a word that is no option. The grammar outlives the result.
std::variant<Meant, NotMeant> find_command(Grammar grammar, const std::vector<std::string>& line);

// The command of these words, in either order; null when there is none.
const Command* command_of(Grammar grammar, const std::string& first, const std::string& second);

}  // namespace holter::cli
