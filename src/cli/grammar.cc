#include "cli/grammar.h"

#include <algorithm>

namespace holter::cli {

std::string_view to_string(Purpose purpose) {
  switch (purpose) {
    case Purpose::record: return "Record";
    case Purpose::look: return "Look at what is recorded";
    case Purpose::ask: return "Ask the network now";
    case Purpose::presence: return "Say that a host lives";
    case Purpose::files: return "Capture files";
    case Purpose::set_up: return "Set up";
    case Purpose::help: return "Help";
  }
  return "";
}

const Option* Command::find(std::string_view option_name) const {
  const auto found = std::ranges::find(options, option_name, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

std::string usage(const Command& command) {
  std::string text = "holter " + command.words;
  for (const auto& operand : command.operands) {
    text += operand.required ? ' ' + operand.name : " [" + operand.name + ']';
  }
  for (const auto& option : command.options) {
    if (option.required) text += ' ' + option.name + ' ' + option.value;
  }
  const bool more = std::ranges::any_of(command.options, [](const Option& option) { return !option.required; });
  return more ? text + " [options]" : text;
}

}  // namespace holter::cli
