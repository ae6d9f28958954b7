#include "cli/completion.h"
#include "cli/completion_words.h"

namespace holter::cli {
namespace {

std::string zsh_action(Kind kind, const std::vector<std::string>& choices) {
  switch (kind) {
    case Kind::choice: return '(' + joined(choices) + ')';
    case Kind::interface: return "_net_interfaces";
    case Kind::file: return "_files";
    case Kind::directory: return "_directories";
    default: return " ";
  }
}

// What zsh reads as its own inside of a specification.
std::string zsh_plain(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') plain += '\\';
    plain += c;
  }
  return plain;
}

std::string zsh_option(const Option& option) {
  const std::string value = option.is_flag() ? "" : ':' + option.value + ':' + zsh_action(option.kind, option.choices);
  const std::string repeat = option.repeats ? "*" : "";
  std::string text = ' ' + shell_quoted(repeat + option.name + '[' + zsh_plain(option.help) + ']' + value);
  if (option.letter != '\0') {
    text += ' ' + shell_quoted(repeat + '-' + option.letter + '[' + zsh_plain(option.help) + ']' + value);
  }
  return text;
}

}  // namespace

std::string zsh_completion(Grammar grammar) {
  std::string text =
      "#compdef holter\n# zsh completion of holter, made by `holter completion zsh`.\n_holter() {\n"
      "  if ((CURRENT == 2)); then\n    compadd " +
      joined(first_words(grammar)) + "\n    return\n  fi\n  local command=$words[2]\n  case $command in\n";
  for (const auto& first : first_words(grammar)) {
    const auto seconds = second_words(grammar, first);
    if (seconds.empty()) continue;
    text += "    " + first + ")\n      if ((CURRENT == 3)); then\n        compadd " + joined(seconds) +
            "\n        return\n      fi\n      command+=\" $words[3]\"\n      shift words; ((CURRENT--)) ;;\n";
  }
  text += "  esac\n  shift words; ((CURRENT--))\n  case $command in\n    help) compadd " +
          joined(first_words(grammar)) + " ;;\n";
  for (const auto& command : grammar) {
    text += "    " + shell_quoted(command.words) + ") _arguments '--help[Show all about it]'";
    for (const auto& option : command.options) text += zsh_option(option);
    for (const auto& operand : command.operands) {
      const std::string optional = operand.required ? ":" : "::";
      text += ' ' + shell_quoted(optional + operand.name + ':' + zsh_action(operand.kind, operand.choices));
    }
    text += " ;;\n";
  }
  return text + "  esac\n}\n_holter \"$@\"\n";
}

}  // namespace holter::cli
