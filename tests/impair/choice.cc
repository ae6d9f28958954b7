#include "tests/impair/choice.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace holter::impair {
namespace {

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

base::Error wrong(std::string_view text) {
  return {base::ErrorKind::invalid, "'" + std::string(text) + "' chooses no frames: give 10%, 3, 2,5-7 or 3-"};
}

}  // namespace

base::Result<Choice> Choice::parse(std::string_view text) {
  Choice choice;
  if (text.ends_with('%')) {
    const auto percent = number_in<double>(text.substr(0, text.size() - 1));
    if (!percent || *percent < 0 || *percent > 100) return wrong(text);
    choice.share_ = *percent / 100;
    return choice;
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::size_t dash = part.find('-');
    const auto first = number_in<std::uint64_t>(part.substr(0, dash));
    auto last = first;
    if (dash + 1 == part.size()) {
      last = std::numeric_limits<std::uint64_t>::max();
    } else if (dash != part.npos) {
      last = number_in<std::uint64_t>(part.substr(dash + 1));
    }
    if (!first || !last || *first == 0 || *last < *first) return wrong(text);
    choice.numbers_.push_back({*first, *last});
  }
  if (choice.numbers_.empty()) return wrong(text);
  return choice;
}

bool Choice::takes(std::uint64_t number, Dice& dice) const {
  if (share_ > 0) return dice.share() < share_;
  return std::ranges::any_of(numbers_, [number](const Range& r) { return r.first <= number && number <= r.last; });
}

}  // namespace holter::impair
