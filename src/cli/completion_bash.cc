#include "cli/completion.h"
#include "cli/completion_words.h"

namespace holter::cli {
namespace {

// Interfaces are listed by the kernel's own directory: no holter needs to run for a completion.
constexpr std::string_view kInterfaces = "$(ls /sys/class/net 2>/dev/null)";

// A bash statement that fills COMPREPLY for a value of this kind; empty: nothing is known of it.
std::string bash_values(Kind kind, const std::vector<std::string>& choices) {
  switch (kind) {
    case Kind::choice: return "COMPREPLY=($(compgen -W " + shell_quoted(joined(choices)) + " -- \"$current\"))";
    case Kind::interface: return "COMPREPLY=($(compgen -W \"" + std::string(kInterfaces) + "\" -- \"$current\"))";
    case Kind::file: return "COMPREPLY=($(compgen -f -- \"$current\"))";
    case Kind::directory: return "COMPREPLY=($(compgen -d -- \"$current\"))";
    default: return "";
  }
}

std::string bash_case(const Command& command) {
  std::string text = "    " + shell_quoted(command.words) + ")\n      case \"$previous\" in\n";
  std::vector<std::string> names = {"--help"};
  for (const auto& option : command.options) {
    names.push_back(option.name);
    if (option.is_flag()) continue;
    const std::string letter = option.letter == '\0' ? "" : std::string("|-") + option.letter;
    const std::string values = bash_values(option.kind, option.choices);
    text += "        " + option.name + letter + ") " + (values.empty() ? "" : values + "; ") + "return ;;\n";
  }
  text += "      esac\n      if [[ $current == -* ]]; then\n        COMPREPLY=($(compgen -W " +
          shell_quoted(joined(names)) + " -- \"$current\"))\n";
  if (!command.operands.empty()) {
    const std::string values = bash_values(command.operands[0].kind, command.operands[0].choices);
    if (!values.empty()) text += "      else\n        " + values + '\n';
  }
  return text + "      fi ;;\n";
}

}  // namespace

std::string bash_completion(Grammar grammar) {
  std::string text =
      "# bash completion of holter, made by `holter completion bash`.\n_holter() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  COMPREPLY=()\n  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W " +
      shell_quoted(joined(first_words(grammar))) +
      " -- \"$current\"))\n    return\n  fi\n"
      "  local words=${COMP_WORDS[1]}\n  case \"$words\" in\n";
  for (const auto& first : first_words(grammar)) {
    const auto seconds = second_words(grammar, first);
    if (seconds.empty()) continue;
    text += "    " + first + ")\n      if ((COMP_CWORD == 2)); then\n        COMPREPLY=($(compgen -W " +
            shell_quoted(joined(seconds)) +
            " -- \"$current\"))\n        return\n      fi\n      words+=\" ${COMP_WORDS[2]}\" ;;\n";
  }
  text += "  esac\n  case \"$words\" in\n    help) COMPREPLY=($(compgen -W " +
          shell_quoted(joined(first_words(grammar))) + " -- \"$current\")) ;;\n";
  for (const auto& command : grammar) text += bash_case(command);
  return text + "  esac\n}\ncomplete -o filenames -F _holter holter\n";
}

}  // namespace holter::cli
