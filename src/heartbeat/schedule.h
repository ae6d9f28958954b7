// Schedule says when a session is to be heard next that comes at times of its own (a job), not at an interval that it
// announces: a period after it was heard, or the next time of a cron expression. It may be late by the grace. Pure; it
// takes and gives wall time, because cron does. A cheap copy; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "heartbeat/cron.h"

namespace holter::heartbeat {

class Schedule {
 public:
  static constexpr base::Duration kDefaultPeriod = base::Duration::hours(24);
  static constexpr base::Duration kDefaultGrace = base::Duration::hours(1);
  static constexpr base::Duration kMinPeriod = base::Duration::seconds(1);
  static constexpr base::Duration kMaxPeriod = base::Duration::hours(24 * 366);

  // Both within kMinPeriod (grace: zero) and kMaxPeriod.
  static Schedule every(base::Duration period, base::Duration grace);
  static Schedule by_cron(CronExpression expression, TimeZone zone, base::Duration grace);

  // When it is to be heard after it was heard at `heard`; the end of time if never again.
  base::WallTime due_after(base::WallTime heard) const;
  base::Duration grace() const { return grace_; }
  // "every 1d", "at 30 2 * * 1-5 in Europe/Berlin".
  std::string words() const;

  friend bool operator==(const Schedule& a, const Schedule& b) {
    return a.period_ == b.period_ && a.grace_ == b.grace_ && a.words() == b.words();
  }

 private:
  struct Cron {
    CronExpression expression;
    TimeZone zone;
  };
  Schedule(base::Duration period, base::Duration grace, std::shared_ptr<const Cron> cron)
      : period_(period), grace_(grace), cron_(std::move(cron)) {}

  base::Duration period_;  // zero with a cron expression
  base::Duration grace_;
  std::shared_ptr<const Cron> cron_;
};

}  // namespace holter::heartbeat
