#include "sim/scenarios/lossy_link.h"

namespace holter::sim {

// With bursts: a bad state ends with probability 1 / burst, and begins so often that the share is right.
bool LossyLink::lost() {
  if (weather_.burst <= 1) return random_.chance(weather_.loss);
  const double ends = 1 / weather_.burst;
  const double begins = ends * weather_.loss / (1 - weather_.loss);
  bad_ = random_.chance(bad_ ? 1 - ends : begins);
  return bad_;
}

std::optional<base::Duration> LossyLink::carry() {
  if (lost()) return std::nullopt;
  base::Duration takes = weather_.delay;
  if (weather_.jitter > base::Duration::zero()) takes += random_.between(base::Duration::zero(), weather_.jitter);
  if (weather_.peaks > 0 && random_.chance(weather_.peaks)) {
    takes += random_.between(base::Duration::zero(), weather_.peak);
  }
  return takes;
}

}  // namespace holter::sim
