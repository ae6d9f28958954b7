#include "heartbeat/schedule.h"

#include "base/units.h"

namespace holter::heartbeat {

Schedule Schedule::every(base::Duration period, base::Duration grace) { return {period, grace, nullptr}; }

Schedule Schedule::by_cron(CronExpression expression, TimeZone zone, base::Duration grace) {
  return {base::Duration::zero(), grace, std::make_shared<const Cron>(Cron{std::move(expression), zone})};
}

base::WallTime Schedule::due_after(base::WallTime heard) const {
  if (!cron_) return heard + period_;
  return cron_->expression.next(heard, cron_->zone).value_or(base::WallTime::max());
}

std::string Schedule::words() const {
  if (!cron_) return "every " + base::duration_text(period_);
  return "at " + cron_->expression.text() + " in " + cron_->zone.name();
}

}  // namespace holter::heartbeat
