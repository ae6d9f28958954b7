// The word that somebody meant: for messages that end with "did you mean 'interval'?". Distance is optimal string
// alignment (Damerau-Levenshtein without repeated edits of one place) over bytes, letter case ignored. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace holter::base {

// Words longer than this are nothing like any of ours.
inline constexpr std::size_t kMaxNearestBytes = 64;

// The candidate with the fewest edits from `word`, the first of equals; empty when even that one is another word: more
// than a third of its letters would change, or two for a short one. A beginning of at least three letters is near.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// "; did you mean 'interval'?", or nothing. To be put behind a sentence.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace holter::base
