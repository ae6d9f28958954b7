// What Tab does to a line that is being typed: pure, so that any Prompt may use it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holter::env {

struct Completion {
  std::string insert;                // to be put behind what is typed
  std::vector<std::string> choices;  // words to be shown, when there are several and nothing can be inserted
};

// `offers` are lines as they could be typed. What begins as `typed` does (letter case aside) is completed to the end of
// the word, with the space behind it where the line goes on.
Completion complete(std::string_view typed, std::span<const std::string> offers);

}  // namespace holter::env
