// What a SessionTable knows of jobs: when they are due by their schedules, and how long they run. A deadline is set in
// monotonic time when the session is heard, so that a step of the wall clock makes nobody late.
#include <algorithm>

#include "base/units.h"
#include "heartbeat/session_table.h"

namespace holter::heartbeat {
namespace {

// The two clocks are not read at the same moment: what goes through both is nearly what it was.
base::WallTime to_the_second(base::WallTime at) {
  constexpr std::int64_t second = 1'000'000'000;
  return base::WallTime::from_nanoseconds((at.in_nanoseconds() + second / 2) / second * second);
}

}  // namespace

const Schedule* SessionTable::schedule_of(Row row) const {
  if (!schedules_.empty()) {
    if (const auto own = schedules_.find(row); own != schedules_.end()) return &own->second;
  }
  if (sessions_[row].way != record::Way::ping) return nullptr;
  // One that the settings expect at an interval is judged by that.
  return options_of(row).comes_again ? nullptr : &options_.pinged;
}

DetectorOptions SessionTable::options_at(Row row, Moment now) const {
  DetectorOptions options = judged_by(row);
  const Schedule* const schedule = schedule_of(row);
  if (schedule == nullptr) return options;
  base::Duration left = schedule->due_after(now.wall) + schedule->grace() - now.wall;
  if (const auto runs = runs_.find(row); runs != runs_.end()) {
    if (const auto begun = runs->second.newest()) left = std::min(left, *begun + schedule->grace() - now.instant);
  }
  options.scheduled = true;
  options.unannounced_silence = std::max(left, base::Duration::zero());
  return options;
}

// What was due while nobody looked may have come, and is due the next time; what was late has its grace longer.
DetectorOptions SessionTable::options_after_gap(Row row, base::Duration length, Moment now) const {
  const auto deadline = sessions_[row].detector.next_deadline();
  const Schedule* const schedule = schedule_of(row);
  if (schedule == nullptr || !deadline) return judged_by(row);
  const base::Duration since_due = schedule->grace() - (*deadline - now.instant);
  if (since_due >= base::Duration::zero() && since_due < length) return options_at(row, now);
  DetectorOptions options = judged_by(row);
  options.scheduled = true;
  const base::Duration longer = since_due >= base::Duration::zero() ? length : base::Duration::zero();
  options.unannounced_silence = std::max(*deadline - now.instant + longer, base::Duration::zero());
  return options;
}

std::string SessionTable::lateness(Row row, Moment now) const {
  const Schedule& schedule = *schedule_of(row);
  const std::string grace = base::duration_text(schedule.grace());
  const auto runs = runs_.find(row);
  if (runs != runs_.end() && runs->second.newest()) return "began and did not end within " + grace;
  return "was due at " + base::to_string(to_the_second(now.wall - schedule.grace()), 0) + ", " + schedule.words();
}

void SessionTable::note_run(Row row, const Sign& sign, Moment now) {
  const auto known = runs_.find(row);
  if (sign.kind == Sign::Kind::start) {
    (known == runs_.end() ? runs_[row] : known->second).begin(sign.run, now.instant);
  } else if (known != runs_.end()) {
    known->second.end(sign.run, now.instant);
  }
}

void SessionTable::tell_schedule(Row row, Moment now, SessionStatus& status) const {
  const Schedule* const schedule = status.interval ? nullptr : schedule_of(row);
  const auto runs = runs_.find(row);
  const auto begun = runs == runs_.end() ? std::nullopt : runs->second.newest();
  if (begun) status.running_since = now.wall - (now.instant - *begun);
  if (runs != runs_.end()) status.last_run = runs->second.last();
  if (schedule == nullptr) return;
  status.schedule = schedule->words();
  status.grace = schedule->grace();
  const auto deadline = sessions_[row].detector.next_deadline();
  if (deadline && !begun) status.due = to_the_second(now.wall + (*deadline - now.instant) - schedule->grace());
}

}  // namespace holter::heartbeat
