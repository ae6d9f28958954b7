// An expression of which only a part can be answered, as one that never refuses what the whole accepts: what cannot be
// answered may be true and may be false, whichever lets the packet pass. This is what a cheap first look asks, and what
// a kernel can be asked. Pure.
#pragma once

#include <functional>

#include "filter/check.h"

namespace holter::filter {

enum class Known : std::uint8_t {
  ask,    // the condition can be answered, exactly
  holds,  // always
  fails,  // never
  unknown,
};

// `all` without operands is true, `any` without operands is false.
bool is_true(const Checked& checked);
bool is_false(const Checked& checked);

// Constants stand nowhere in it but at the root.
Checked relaxed(const Checked& whole, const std::function<Known(const Condition&)>& known);

}  // namespace holter::filter
