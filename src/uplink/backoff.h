// Backoff says how long to wait before the next try: doubling from `least` to `most`, and of that a random part of at
// least half, so that many agents do not come back in one moment. Pure; the random number is given.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace holter::uplink {

struct BackoffOptions {
  base::Duration least = base::Duration::seconds(1);
  base::Duration most = base::Duration::minutes(1);
};

class Backoff {
 public:
  explicit Backoff(BackoffOptions options) : options_(options), next_(options.least) {}

  // `unit` is uniform in [0, 1).
  base::Duration failed(double unit) {
    const base::Duration whole = next_;
    next_ = std::min(next_ * 2, options_.most);
    const auto half = whole.in_nanoseconds() / 2;
    return base::Duration::nanoseconds(half + static_cast<std::int64_t>(static_cast<double>(half) * unit));
  }
  void succeeded() { next_ = options_.least; }

 private:
  BackoffOptions options_;
  base::Duration next_;
};

}  // namespace holter::uplink
