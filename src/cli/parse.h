// From argv to what was asked: a command with its Arguments, a wish for help, or all that is wrong at once, with the
// nearest name that exists and the command that tells more. Reads nothing but its arguments.
//
// Commands may be named noun first or verb first ("config check", "check config"), and a list may be asked for with a
// verb ("list sessions", "watch sessions").
#pragma once

#include <string>
#include <variant>

#include "cli/arguments.h"

namespace holter::cli {

struct HelpWish {
  const Command* command = nullptr;  // null: all of them
};
struct VersionWish {};
struct UsageError {
  std::string text;  // whole lines, safe to print
};

using Parsed = std::variant<Arguments, HelpWish, VersionWish, UsageError>;

// The grammar outlives the result.
Parsed parse(Grammar grammar, int argc, const char* const* argv);

}  // namespace holter::cli
