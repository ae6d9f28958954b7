#include <algorithm>

#include "cli/completion.h"
#include "cli/completion_words.h"

namespace holter::cli {
namespace {

std::string fish_values(Kind kind, const std::vector<std::string>& choices) {
  switch (kind) {
    case Kind::choice: return " -x -a " + shell_quoted(joined(choices));
    case Kind::interface: return " -x -a '(ls /sys/class/net)'";
    case Kind::file: return " -r -F";
    case Kind::directory: return " -x -a '(__fish_complete_directories)'";
    default: return " -x";
  }
}

// True in fish when the command's words are there.
std::string fish_seen(const Command& command) {
  const auto space = command.words.find(' ');
  std::string text = "__fish_seen_subcommand_from " + command.words.substr(0, space);
  if (space != std::string::npos) text += "; and __fish_seen_subcommand_from " + command.words.substr(space + 1);
  return shell_quoted(text);
}

}  // namespace

std::string fish_completion(Grammar grammar) {
  std::string text = "# fish completion of holter, made by `holter completion fish`.\ncomplete -c holter -f\n";
  const auto firsts = first_words(grammar);
  for (const auto& first : firsts) {
    const auto found = std::ranges::find(grammar, first, &Command::words);
    const std::string help = found == grammar.end() ? "" : " -d " + shell_quoted(found->summary);
    text += "complete -c holter -n __fish_use_subcommand -a " + first + help + '\n';
    const auto seconds = second_words(grammar, first);
    if (seconds.empty()) continue;
    text += "complete -c holter -n '__fish_seen_subcommand_from " + first + "; and not __fish_seen_subcommand_from " +
            joined(seconds) + "' -a " + shell_quoted(joined(seconds)) + '\n';
  }
  text += "complete -c holter -n '__fish_seen_subcommand_from help' -a " + shell_quoted(joined(firsts)) + '\n';
  for (const auto& command : grammar) {
    for (const auto& option : command.options) {
      text += "complete -c holter -n " + fish_seen(command) + " -l " + option.name.substr(2);
      if (option.letter != '\0') text += std::string(" -s ") + option.letter;
      if (!option.is_flag()) text += fish_values(option.kind, option.choices);
      text += " -d " + shell_quoted(option.help) + '\n';
    }
    for (const auto& operand : command.operands) {
      const bool offers = operand.kind == Kind::choice || operand.kind == Kind::interface || operand.kind == Kind::file;
      if (!offers) continue;
      text += "complete -c holter -n " + fish_seen(command) + fish_values(operand.kind, operand.choices) + '\n';
    }
  }
  return text;
}

}  // namespace holter::cli
