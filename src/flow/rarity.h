// Rarity is what only some conversations have: trouble of TCP, and the number of a tunnel. It lives apart from the
// flow, so that the many without any cost nothing for it. Counts stay at their greatest value. Plain data, one cache
// line.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace holter::flow {

template <class Number>
using OfBoth = std::array<Number, 2>;  // initiator, responder

struct Rarity {
  std::uint32_t tunnel_id = 0;
  OfBoth<std::uint32_t> retransmissions{};
  OfBoth<std::uint32_t> out_of_order{};
  OfBoth<std::uint32_t> duplicate_acks{};
  OfBoth<std::uint32_t> missing_bytes{};
  OfBoth<std::uint32_t> zero_window_ticks{};
  OfBoth<std::uint32_t> zero_window_since{};  // ticks; while Mark::zero_window is set
  OfBoth<std::uint16_t> spurious{};
  OfBoth<std::uint16_t> keep_alives{};
  OfBoth<std::uint16_t> zero_windows{};
};
static_assert(sizeof(Rarity) == 64);

template <class Number>
void add_up_to_most(Number& sum, std::uint64_t more) {
  constexpr std::uint64_t kMost = std::numeric_limits<Number>::max();
  sum = static_cast<Number>(more > kMost - sum ? kMost : sum + more);
}

}  // namespace holter::flow
