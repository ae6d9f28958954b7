// RateBudget lets so many things pass a second, and a second's worth at once: for what strangers can make us do.
// Pure; one thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace holter::heartbeat {

class RateBudget {
 public:
  // At least 1.
  explicit RateBudget(std::uint32_t per_second)
      : spacing_(base::Duration::nanoseconds(1'000'000'000 / std::max(per_second, 1U))) {}

  // Whether one may pass now. A clock that stands still lets pass what is left.
  bool take(base::Instant now) {
    // `free_` is when all that was taken is paid for.
    const base::Instant paid = std::max(free_, now - base::Duration::seconds(1));
    if (paid + spacing_ > now) return false;
    free_ = paid + spacing_;
    return true;
  }

 private:
  base::Duration spacing_;
  base::Instant free_ = base::Instant::from_nanoseconds(INT64_MIN);
};

}  // namespace holter::heartbeat
