#include "schedule/schedule.h"

#include <algorithm>

#include "base/assert.h"

namespace holter::schedule {
namespace {

// FNV-1a, 64 bits: small, and the same on every machine.
std::uint64_t hash_of(const std::string& name) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01b3;
  return hash;
}

// The low bits of FNV differ least between similar names; fold the high ones in.
base::Duration part_of(base::Duration range, std::uint64_t hash) {
  if (range <= base::Duration::zero()) return {};
  return base::Duration::nanoseconds(
      static_cast<std::int64_t>((hash ^ hash >> 32) % static_cast<std::uint64_t>(range.in_nanoseconds())));
}

}  // namespace

Schedule::Schedule(base::Instant now) : wheel_(0, now) {}

std::uint32_t Schedule::add(const std::string& name, Timing timing, base::Instant now) {
  HOLTER_ASSERT(timing.interval > base::Duration::zero());
  HOLTER_ASSERT(used_ < kMaxEntries);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.emplace_back();
    wheel_.grow(entries_.size());
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  const std::uint64_t hash = hash_of(name);
  const base::Duration place = part_of(timing.interval, hash);
  const std::int64_t others = std::max<std::int64_t>(0, static_cast<std::int64_t>(used_) - kFirstPerSecond);
  const auto after_others = base::Duration::seconds(1) * others / kFirstPerSecond;
  const base::Duration soon = after_others + part_of(base::Duration::seconds(1), hash);
  entries_[number] = {timing, hash, now + place, now + std::min(place, soon), 0, true};
  wheel_.schedule(number, entries_[number].jittered(entries_[number].next));
  ++used_;
  return number;
}

void Schedule::remove(std::uint32_t entry) {
  HOLTER_ASSERT(entry < entries_.size() && entries_[entry].used);
  wheel_.cancel(entry);
  entries_[entry] = {};
  free_.push_back(entry);
  --used_;
}

std::vector<Start> Schedule::due(base::Instant now) {
  std::vector<base::TimerWheel::Key> keys;
  wheel_.advance(now, keys);
  std::vector<Start> starts;
  starts.reserve(keys.size());
  for (const auto key : keys) starts.push_back(start_of(key, now));
  return starts;
}

base::Instant Schedule::Entry::jittered(base::Instant point) const {
  constexpr std::uint64_t kMix = 0x9e37'79b9'7f4a'7c15;
  const auto number = static_cast<std::uint64_t>(point.in_nanoseconds());
  return point + part_of(timing.jitter, (hash ^ number) * kMix);
}

base::Instant Schedule::Entry::point_after(base::Instant point) const {
  const std::int64_t interval = timing.interval.in_nanoseconds();
  const std::int64_t from_anchor = (point - anchor).in_nanoseconds();
  if (from_anchor % interval == 0) return point + timing.interval;
  const std::int64_t least = from_anchor + interval / 2;  // the first start was off the grid
  return anchor + timing.interval * ((least + interval - 1) / interval);
}

Start Schedule::start_of(std::uint32_t number, base::Instant now) {
  Entry& entry = entries_[number];
  Start start{number, entry.next};
  base::Instant following = entry.point_after(entry.next);
  if (following + entry.timing.jitter <= now) {
    const base::Duration late = now - entry.timing.jitter - following;
    const std::int64_t passed = late.in_nanoseconds() / entry.timing.interval.in_nanoseconds();
    start.missed = static_cast<std::uint64_t>(passed) + 1;
    start.planned = following + entry.timing.interval * passed;
    following = start.planned + entry.timing.interval;
  }
  start.planned = entry.jittered(start.planned);
  start.skipped = entry.running >= (entry.timing.overlap ? kMaxOverlap : 1);
  if (!start.skipped) ++entry.running;
  entry.next = following;
  wheel_.schedule(number, entry.jittered(entry.next));
  return start;
}

void Schedule::finished(std::uint32_t entry) {
  HOLTER_ASSERT(entry < entries_.size() && entries_[entry].running > 0);
  --entries_[entry].running;
}

}  // namespace holter::schedule
