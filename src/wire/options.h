// The option list that IPv4 (RFC 791) and TCP (RFC 9293) share: kind 0 ends it, kind 1 is one byte, all others carry
// their length. Such a list has at most 40 bytes, and each step moves on by at least one. Pure.
#pragma once

#include "wire/limits.h"
#include "wire/window.h"

namespace holter::wire {

struct Option {
  std::uint8_t kind = 0;
  Bytes value;  // behind kind and length

  bool is_padding() const { return kind <= 1; }
};

// Calls visit(Option) for each option and each byte of padding, the zeros behind the end included; other bytes behind
// the end mean nothing. False when one runs out of the list.
template <class Visit>
bool walk_options(Bytes list, Visit visit) {
  bool ended = false;
  for (unsigned count = 0; count < kMaxOptions && !list.empty(); ++count) {
    const std::uint8_t kind = list[0];
    if (ended && kind != 0) return true;
    if (kind <= 1) {
      visit(Option{kind, {}});
      ended = kind == 0;
      list = list.subspan(1);
      continue;
    }
    if (list.size() < 2 || list[1] < 2 || list[1] > list.size()) return false;
    visit(Option{kind, list.subspan(2, list[1] - 2U)});
    list = list.subspan(list[1]);
  }
  return true;
}

// Whether each option fits; each takes a step.
template <class Steps>
bool options_fit(Bytes list, Steps& steps) {
  return walk_options(list, [&steps](const Option&) { steps.take(); });
}

}  // namespace holter::wire
