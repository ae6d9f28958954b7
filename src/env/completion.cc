#include "env/completion.h"

#include <algorithm>
#include <set>

namespace holter::env {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_letter(char a, char b) { return lower(a) == lower(b); }

bool begins_as(std::string_view line, std::string_view typed) {
  return line.size() >= typed.size() && std::ranges::equal(line.substr(0, typed.size()), typed, same_letter);
}

// From where the word at `at` begins to its end, and the space behind it.
std::string_view word_around(std::string_view line, std::size_t at) {
  const auto before = line.substr(0, at).rfind(' ');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const auto space = line.find(' ', at);
  return line.substr(begin, space == std::string_view::npos ? line.npos : space + 1 - begin);
}

std::string_view without_space(std::string_view word) {
  return word.ends_with(' ') ? word.substr(0, word.size() - 1) : word;
}

}  // namespace

Completion complete(std::string_view typed, std::span<const std::string> offers) {
  std::set<std::string_view> words;
  std::size_t in_word = 0;  // bytes of the word that are typed
  for (const std::string& offer : offers) {
    if (!begins_as(offer, typed)) continue;
    const auto word = word_around(offer, typed.size());
    in_word = static_cast<std::size_t>(offer.data() + typed.size() - word.data());
    if (word.size() > in_word) words.insert(word);
  }
  if (words.empty()) return {};
  std::string_view common = words.begin()->substr(in_word);
  for (const auto word : words) {
    const auto rest = word.substr(in_word);
    common = common.substr(0, static_cast<std::size_t>(std::ranges::mismatch(common, rest).in1 - common.begin()));
  }
  Completion completion{std::string(common), {}};
  if (!common.empty() || words.size() == 1) return completion;
  for (const auto word : words) completion.choices.emplace_back(without_space(word));
  return completion;
}

}  // namespace holter::env
