// The option list that IPv4 (RFC 791) and TCP (RFC 9293) share: kind 0 ends it, kind 1 is one byte, all others carry
// their length. Walks at most kMaxOptions, each step moves on by at least one byte.
#pragma once

#include "wire/limits.h"
#include "wire/window.h"

namespace holter::wire {

struct Option {
  std::uint8_t kind = 0;
  Bytes value;  // behind kind and length
};

// Calls visit(Option) for each option but padding. False when one runs out of the list.
template <class Visit>
bool walk_options(Bytes list, Visit visit) {
  for (unsigned steps = 0; steps < kMaxOptions && !list.empty(); ++steps) {
    const std::uint8_t kind = list[0];
    if (kind == 0) return true;
    if (kind == 1) {
      list = list.subspan(1);
      continue;
    }
    if (list.size() < 2 || list[1] < 2 || list[1] > list.size()) return false;
    visit(Option{kind, list.subspan(2, list[1] - 2U)});
    list = list.subspan(list[1]);
  }
  return true;
}

}  // namespace holter::wire
