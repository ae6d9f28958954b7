#include "cli/markdown.h"

#include <algorithm>

#include "cli/exit_codes.h"
#include "cli/help.h"

namespace holter::cli {
namespace {

constexpr std::string_view kIntroduction = R"(# Commands

This page is made by `holter manual --markdown`. `holter help` lists the commands, `holter help COMMAND` or
`holter COMMAND --help` tells all about one, and the package installs the same as manual pages.

A command of two words may be given in either order (`holter config check`, `holter check config`), and a list may be
asked for with a verb (`holter list sessions`; `holter watch sessions` is `holter sessions --follow`). Options stand
behind the command, as `--count 3` or `--count=3`; what follows `--` is no option.

Results go to standard output, the log and error messages to standard error. Every mistake of a line is said at once,
with the nearest name that exists. Into a pipe there are no colours; on a terminal `NO_COLOR` turns them off.

A duration is a number and `us`, `ms`, `s`, `m`, `h` or `d`: `500ms`, `1.5s`, `7d`. A size is a whole number and `B`,
`kB`, `KiB`, `MB`, `MiB`, `GB`, `GiB`, `TB` or `TiB`: `512MiB`. An address with a port is `127.0.0.1:4280` or
`[::1]:4280`.
)";

// Inside of a table's cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string row(std::string_view term, std::string_view meaning) {
  return "| `" + cell(term) + "` | " + cell(meaning) + " |\n";
}

std::string section(const Command& command) {
  std::string text = "\n### holter " + command.words + "\n" + command.summary + ".\n";
  if (!command.about.empty()) text += '\n' + command.about + '\n';
  text += "\n    " + usage(command) + '\n';
  if (!command.operands.empty() || !command.options.empty()) text += "\n| | |\n|---|---|\n";
  for (const auto& operand : command.operands) text += row(operand.name, operand.help);
  for (const auto& option : command.options) {
    text += row(form(option), option.help + (option.repeats ? " (may be given several times)" : ""));
  }
  if (!command.examples.empty()) text += '\n';
  for (const auto& example : command.examples) text += "    " + example.line + "    # " + example.help + '\n';
  return text;
}

}  // namespace

std::string markdown(Grammar grammar) {
  std::string text(kIntroduction);
  for (int purpose = 0; purpose <= static_cast<int>(Purpose::help); ++purpose) {
    const auto of_purpose = [purpose](const Command& command) { return static_cast<int>(command.purpose) == purpose; };
    if (std::ranges::none_of(grammar, of_purpose)) continue;
    text += "\n## " + std::string(to_string(static_cast<Purpose>(purpose))) + '\n';
    for (const auto& command : grammar) {
      if (of_purpose(command)) text += section(command);
    }
  }
  text += "\n## Exit codes\n\n| code | meaning |\n|---|---|\n";
  for (const auto& [code, meaning] : kExitMeanings) {
    text += "| " + std::to_string(code) + " | " + std::string(meaning) + " |\n";
  }
  return text;
}

}  // namespace holter::cli
