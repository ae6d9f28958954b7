// RateBudget lets so much pass a second, and so much at once: for what strangers can make us do. Pure; one thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace holter::heartbeat {

class RateBudget {
 public:
  // A second's worth at once. At least 1.
  explicit RateBudget(std::uint32_t per_second) : RateBudget(per_second, per_second) {}
  RateBudget(std::uint32_t per_second, std::uint32_t at_once)
      : spacing_(base::Duration::nanoseconds(kSecond / std::max(per_second, 1U))),
        window_(spacing_ * std::max(at_once, 1U)) {}

  // Whether so many may pass now. A clock that stands still lets pass what is left.
  bool take(base::Instant now, std::size_t count = 1) {
    // `free_` is when all that was taken is paid for.
    const base::Instant paid = std::max(free_, now - window_);
    const base::Duration price = spacing_ * static_cast<std::int64_t>(count);
    if (paid + price > now) return false;
    free_ = paid + price;
    return true;
  }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;

  base::Duration spacing_;
  base::Duration window_;
  base::Instant free_ = base::Instant::from_nanoseconds(INT64_MIN);
};

}  // namespace holter::heartbeat
