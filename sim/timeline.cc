#include "sim/timeline.h"

#include <algorithm>

#include "base/assert.h"

namespace holter::sim {

void Timeline::at(base::Instant when, std::string_view what, std::function<void()> action) {
  events_.emplace(std::pair(std::max(when, now_), sequence_++), Event{what, std::move(action)});
}

std::optional<base::Instant> Timeline::next() const {
  if (events_.empty()) return std::nullopt;
  return events_.begin()->first.first;
}

void Timeline::run_next() {
  HOLTER_ASSERT(!events_.empty());
  auto first = events_.extract(events_.begin());
  const auto [when, sequence] = first.key();
  now_ = when;
  trace_.note(first.mapped().what, {static_cast<std::uint64_t>(when.in_nanoseconds()), sequence});
  first.mapped().action();
}

void Timeline::pass_until(base::Instant when) {
  HOLTER_ASSERT(!next() || when <= *next());
  now_ = std::max(now_, when);
}

}  // namespace holter::sim
