#include "notify/queue.h"

#include <algorithm>

#include "base/assert.h"

namespace holter::notify {

using base::Duration;
using base::Instant;

bool Queue::push(Change change, Instant now, Duration age) {
  if (arrivals_.contains(change.id)) return false;
  if (age >= limits_.give_up) {
    ++counts_.given_up;
    return true;
  }
  if (entries_.size() >= limits_.waiting) {
    const auto oldest = std::ranges::find_if(entries_, [](const auto& entry) { return !entry.second.under_way; });
    if (oldest != entries_.end()) remove(oldest->first);
    ++counts_.left_out;
    ++unsaid_;
  }
  const Arrival arrival = next_arrival_++;
  std::string session = session_key(change);
  Line& line = lines_[session];
  line.entries.push_back(arrival);
  if (line.entries.size() == 1) {
    line.due = now;
    due_.insert({now, arrival});
  }
  arrivals_[change.id] = arrival;
  const Instant give_up_at = now + (limits_.give_up - std::max(age, Duration::zero()));
  entries_[arrival] = {std::move(change), std::move(session), give_up_at};
  return true;
}

std::optional<Delivery> Queue::take(Instant now) {
  expire(now);
  if (due_.empty() || under_way_ >= limits_.under_way || now < paused_until_) return std::nullopt;
  if (is_outage() ? under_way_ > 0 : due_.begin()->first > now) return std::nullopt;
  Entry& entry = entries_.at(due_.begin()->second);
  due_.erase(due_.begin());
  entry.under_way = true;
  ++entry.attempts;
  entry.saying = unsaid_;
  ++under_way_;
  return Delivery{entry.change, entry.attempts, entry.saying};
}

void Queue::settle(const record::RecordId& id, Outcome::Kind kind, std::optional<Duration> asked_pause, Instant now,
                   double unit) {
  const auto found = arrivals_.find(id);
  HOLTER_ASSERT(found != arrivals_.end());
  const Arrival arrival = found->second;
  Entry& entry = entries_.at(arrival);
  HOLTER_ASSERT(entry.under_way);
  Line& line = lines_.at(entry.session);
  entry.under_way = false;
  --under_way_;
  line.due = now;
  if (kind == Outcome::Kind::failed) {
    failed(entry, asked_pause, now, unit);
    due_.insert({line.due, arrival});
    if (now >= entry.give_up_at) {
      ++counts_.given_up;
      remove(arrival);
    }
    return;
  }
  if (kind == Outcome::Kind::delivered) {
    ++counts_.delivered;
    unsaid_ -= std::min(unsaid_, entry.saying);
  } else {
    ++counts_.refused;
  }
  due_.insert({line.due, arrival});
  remove(arrival);
  succeeded(now);
}

// A refusal is a success here: the receiver is there.
void Queue::succeeded(Instant now) {
  if (is_outage()) {
    std::set<Due> at_once;
    for (const auto& [due, arrival] : due_) {
      lines_.at(entries_.at(arrival).session).due = std::min(due, now);
      at_once.insert({std::min(due, now), arrival});
    }
    due_ = std::move(at_once);
    paused_until_ = now;
  }
  ++stretch_;
  failing_lines_ = 0;
  outage_failures_ = 0;
}

void Queue::failed(Entry& entry, std::optional<Duration> asked_pause, Instant now, double unit) {
  Line& line = lines_.at(entry.session);
  ++counts_.failed_tries;
  line.due = now + pause(++line.failures, unit);
  if (line.failed_in != stretch_) ++failing_lines_;
  line.failed_in = stretch_;
  // Tries that were under way together fail together: one step of the pause.
  if (is_outage() && now >= paused_until_) paused_until_ = now + pause(++outage_failures_, unit);
  if (asked_pause) {
    const Duration asked = std::clamp(*asked_pause, Duration::zero(), limits_.most_asked_pause);
    paused_until_ = std::max(paused_until_, now + asked);
  }
}

Instant Queue::next_deadline() const {
  Instant next = Instant::max();
  const bool may_take = under_way_ < (is_outage() ? 1 : limits_.under_way);
  if (may_take && !due_.empty()) {
    next = is_outage() ? paused_until_ : std::max(due_.begin()->first, paused_until_);
  }
  const auto waits = [](const auto& entry) { return !entry.second.under_way; };
  const auto oldest = std::ranges::find_if(entries_, waits);
  return oldest == entries_.end() ? next : std::min(next, oldest->second.give_up_at);
}

std::vector<record::RecordId> Queue::ids() const {
  std::vector<record::RecordId> ids;
  ids.reserve(arrivals_.size());
  for (const auto& [id, arrival] : arrivals_) ids.push_back(id);
  return ids;
}

Duration Queue::pause(std::uint32_t failures, double unit) const {
  constexpr std::uint32_t kMostDoublings = 20;
  const std::int64_t factor = std::int64_t{1} << std::min(failures - 1, kMostDoublings);
  const Duration whole = std::min(limits_.least_pause * factor, limits_.most_pause);
  const auto half = static_cast<double>(whole.in_nanoseconds()) / 2;
  return Duration::nanoseconds(static_cast<std::int64_t>(half + half * unit));
}

// Not of one under way. What comes behind it in its session is due when the line was.
void Queue::remove(Arrival arrival) {
  const auto entry = entries_.find(arrival);
  const auto line = lines_.find(entry->second.session);
  auto& waiting = line->second.entries;
  const bool was_first = waiting.front() == arrival;
  if (was_first) {
    due_.erase({line->second.due, arrival});
    line->second.failures = 0;
  }
  std::erase(waiting, arrival);
  if (waiting.empty()) {
    lines_.erase(line);
  } else if (was_first) {
    due_.insert({line->second.due, waiting.front()});
  }
  arrivals_.erase(entry->second.change.id);
  entries_.erase(entry);
}

void Queue::expire(Instant now) {
  for (auto entry = entries_.begin(); entry != entries_.end() && entry->second.give_up_at <= now;) {
    const auto expired = entry++;
    if (expired->second.under_way) continue;
    ++counts_.given_up;
    remove(expired->first);
  }
}

}  // namespace holter::notify
