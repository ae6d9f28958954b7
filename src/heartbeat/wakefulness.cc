#include "heartbeat/wakefulness.h"

#include <algorithm>

namespace holter::heartbeat {

using base::Duration;

Duration Wakefulness::step_until(const Reading& reading) const {
  const Duration step = (reading.wall - last_.wall) - (reading.now - last_.now);
  return step >= kStep || step <= Duration::zero() - kStep ? step : Duration::zero();
}

void Wakefulness::on_idle(const Reading& reading) {
  last_ = reading;
  late_since_.reset();
}

Wakefulness::Finding Wakefulness::on_look(const Reading& reading, Duration lag, std::optional<Duration> shortest) {
  Finding finding;
  finding.stepped = step_until(reading);
  finding.suspended = reading.suspended - last_.suspended >= kSlept;
  finding.away = finding.suspended || lag > kAway;
  finding.away_for = reading.now - last_.now;
  last_ = reading;
  if (!finding.away && shortest) {
    const bool late = lag > *shortest / kLatePart;
    if (!late) late_since_.reset();
    if (late && !late_since_) late_since_ = reading.now - lag;
    if (late && reading.now - *late_since_ > kLateTogether) {
      finding.away = true;
      finding.away_for = reading.now - *late_since_;
    } else if (late) {
      finding.hold = reading.now + lag;
    }
  }
  if (finding.away) late_since_.reset();
  return finding;
}

}  // namespace holter::heartbeat
