#include "heartbeat/runs.h"

#include <algorithm>

namespace holter::heartbeat {

void Runs::begin(std::string_view id, base::Instant now) {
  std::erase_if(open_, [id](const Run& run) { return run.id == id; });
  if (open_.size() == kMaxOpen) open_.erase(open_.begin());
  open_.push_back({std::string(id), now});
  newest_ended_ = false;
}

void Runs::end(std::string_view id, base::Instant now) {
  last_.reset();
  const auto run = std::ranges::find(open_, id, &Run::id);
  if (run == open_.end()) return;
  newest_ended_ = newest_ended_ || run + 1 == open_.end();
  const base::Duration took = now - run->begun;
  if (took <= kLongest) last_ = took;
  open_.erase(run);
}

std::optional<base::Instant> Runs::newest() const {
  if (open_.empty() || newest_ended_) return std::nullopt;
  return open_.back().begun;
}

}  // namespace holter::heartbeat
