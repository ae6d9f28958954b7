#include "cli/completion_words.h"

namespace holter::cli {

std::set<std::string> first_words(Grammar grammar) {
  std::set<std::string> words = {"help"};
  for (const auto& command : grammar) words.insert(command.words.substr(0, command.words.find(' ')));
  return words;
}

std::vector<std::string> second_words(Grammar grammar, std::string_view first) {
  std::vector<std::string> words;
  for (const auto& command : grammar) {
    const auto space = command.words.find(' ');
    if (space != std::string::npos && command.words.substr(0, space) == first) {
      words.push_back(command.words.substr(space + 1));
    }
  }
  return words;
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

}  // namespace holter::cli
