#include "cli/manual.h"

#include <algorithm>

#include "cli/exit_codes.h"

namespace holter::cli {
namespace {

// scdoc reads *, _, \, #, [, <, . and - at some places as its own.
std::string plain(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\*_#[]<>~`.-+|").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string strong(std::string_view text) { return '*' + plain(text) + '*'; }

std::string entry(const std::string& term, const std::string& meaning) {
  return term + "\n\t" + plain(meaning) + "\n\n";
}

std::string exit_status() {
  std::string text = "# EXIT STATUS\n\n";
  for (const auto& [code, meaning] : kExitMeanings) text += entry(strong(std::to_string(code)), std::string(meaning));
  return text;
}

std::string option_term(const Option& option) {
  std::string text = option.letter == '\0' ? "" : strong(std::string("-") + option.letter) + ", ";
  text += strong(option.name);
  return option.is_flag() ? text : text + ' ' + plain(option.value);
}

}  // namespace

std::string manual_name(const Command& command) {
  std::string name = "holter-" + command.words;
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string manual(Grammar grammar, std::string_view program) {
  std::string text = "holter(1)\n\n# NAME\n\n" + plain("holter - " + std::string(program)) + "\n\n";
  text += "# SYNOPSIS\n\n*holter* COMMAND \\[options\\]\n\n# COMMANDS\n\n";
  for (const auto& command : grammar) {
    text += entry(strong(manual_name(command)) + "(1)", command.summary + '.');
  }
  return text + exit_status();
}

std::string manual(const Command& command) {
  std::string text = manual_name(command) + "(1)\n\n# NAME\n\n";
  text += plain(manual_name(command) + " - " + command.summary) + "\n\n# SYNOPSIS\n\n" + plain(usage(command)) + "\n\n";
  if (!command.about.empty()) text += "# DESCRIPTION\n\n" + plain(command.about) + "\n\n";
  if (!command.operands.empty()) text += "# OPERANDS\n\n";
  for (const auto& operand : command.operands) text += entry(strong(operand.name), operand.help + '.');
  if (!command.options.empty()) text += "# OPTIONS\n\n";
  for (const auto& option : command.options) text += entry(option_term(option), option.help + '.');
  if (!command.examples.empty()) text += "# EXAMPLES\n\n";
  for (const auto& example : command.examples) text += entry(strong(example.line), example.help);
  return text + exit_status() + "# SEE ALSO\n\n*holter*(1)\n";
}

}  // namespace holter::cli
