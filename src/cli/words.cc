#include "cli/words.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/nearest.h"
#include "base/untrusted_text.h"

namespace holter::cli {
namespace {

constexpr std::array<std::string_view, 5> kListVerbs = {"list", "show", "watch", "follow", "get"};

bool follows(std::string_view verb) { return verb == "watch" || verb == "follow"; }
bool is_list_verb(std::string_view word) { return std::ranges::find(kListVerbs, word) != kListVerbs.end(); }
bool is_word(const std::string& text) { return !text.empty() && text.front() != '-'; }

const Command* exactly(Grammar grammar, const std::string& words) {
  const auto found = std::ranges::find(grammar, words, &Command::words);
  return found == grammar.end() ? nullptr : &*found;
}

// "list sessions", "sessions list": a command that shows a list, asked for with a verb.
std::optional<Meant> find_list(Grammar grammar, const std::vector<std::string>& line) {
  if (line.size() < 2) return std::nullopt;
  for (const bool verb_first : {true, false}) {
    const std::string& verb = line[verb_first ? 0 : 1];
    const Command* command = exactly(grammar, line[verb_first ? 1 : 0]);
    if (!is_list_verb(verb) || command == nullptr || !command->lists) continue;
    if (follows(verb) && command->find("--follow") == nullptr) continue;
    Meant meant{command, {line.begin() + 2, line.end()}};
    if (follows(verb)) meant.rest.insert(meant.rest.begin(), "--follow");
    return meant;
  }
  return std::nullopt;
}

// The words that may stand beside `word`: of "config" they are check, init and show.
std::vector<std::string> partners(Grammar grammar, const std::string& word) {
  std::vector<std::string> found;
  for (const auto& command : grammar) {
    const auto space = command.words.find(' ');
    if (space == std::string::npos) continue;
    const std::string first = command.words.substr(0, space);
    const std::string second = command.words.substr(space + 1);
    if (first == word) found.push_back(second);
    if (second == word) found.push_back(first);
  }
  return found;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

NotMeant unknown(Grammar grammar, const std::vector<std::string>& line) {
  const auto beside = partners(grammar, line[0]);
  if (!beside.empty()) {
    const bool second = line.size() > 1 && is_word(line[1]);
    if (!second) return {"'" + line[0] + "' needs a second word: " + listed(beside)};
    return {"'" + line[0] + "' has no '" + base::UntrustedText(line[1]).for_terminal() + "'; it has " + listed(beside) +
            base::did_you_mean(line[1], beside)};
  }
  std::set<std::string> known;
  for (const auto& command : grammar) known.insert(command.words.substr(0, command.words.find(' ')));
  const std::vector<std::string> candidates(known.begin(), known.end());
  return {"there is no command '" + base::UntrustedText(line[0]).for_terminal() + "'" +
          base::did_you_mean(line[0], candidates)};
}

}  // namespace

const Command* command_of(Grammar grammar, const std::string& first, const std::string& second) {
  const Command* command = exactly(grammar, first + ' ' + second);
  return command != nullptr ? command : exactly(grammar, second + ' ' + first);
}

std::variant<Meant, NotMeant> find_command(Grammar grammar, const std::vector<std::string>& line) {
  if (line.size() > 1 && is_word(line[1])) {
    if (const Command* command = command_of(grammar, line[0], line[1])) {
      return Meant{command, {line.begin() + 2, line.end()}};
    }
  }
  if (auto list = find_list(grammar, line)) return std::move(*list);
  if (const Command* command = exactly(grammar, line[0])) return Meant{command, {line.begin() + 1, line.end()}};
  return unknown(grammar, line);
}

}  // namespace holter::cli
