// Opaque bytes as a full decode lists them: the beginning of what may be long, beside its length. Texts of peers are
// whole, as far as their own headers let them be.
#pragma once

#include "wire/limits.h"
#include "wire/window.h"

namespace holter::wire {

constexpr Bytes shown(Bytes bytes) {
  return bytes.first(bytes.size() < kMaxListedBytes ? bytes.size() : kMaxListedBytes);
}

}  // namespace holter::wire
