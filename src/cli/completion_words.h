// What the completions of every shell need of the grammar. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/grammar.h"

namespace holter::cli {

// "config", "run", and "help".
std::set<std::string> first_words(Grammar grammar);
// What may follow `first`: "check", "init", "show".
std::vector<std::string> second_words(Grammar grammar, std::string_view first);

template <class Words>
std::string joined(const Words& words, std::string_view between = " ") {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}

// In single quotes, for bash, zsh and fish alike.
std::string shell_quoted(std::string_view text);

}  // namespace holter::cli
