#include "base/nearest.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace holter::base {
namespace {

using Row = std::array<std::size_t, kMaxNearestBytes + 1>;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Both at most kMaxNearestBytes long.
std::size_t distance(std::string_view a, std::string_view b) {
  Row two_above{};
  Row above{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_above = above;
    above = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// "warning" for "warn", "int" for "interval".
bool begins_like(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  return shorter >= 3 && distance(a.substr(0, shorter), b.substr(0, shorter)) == 0;
}

std::size_t most_edits(std::size_t length) { return std::max<std::size_t>(length / 3, length < 3 ? 1 : 2); }

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > kMaxNearestBytes) return std::nullopt;
  std::optional<std::string> best;
  std::size_t fewest = kMaxNearestBytes + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kMaxNearestBytes) continue;
    const std::size_t edits = begins_like(word, candidate) ? 1 : distance(word, candidate);
    const bool another_word = edits > most_edits(candidate.size()) || edits >= std::max(word.size(), candidate.size());
    if (another_word || edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto found = nearest(word, candidates);
  return found ? "; did you mean '" + *found + "'?" : "";
}

}  // namespace holter::base
