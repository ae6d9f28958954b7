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

base::Duration spread_of(const std::string& name, base::Duration interval) {
  const base::Duration range = std::min(interval, kFirstSpread);
  // The low bits of FNV differ least between similar names; fold the high ones in.
  const std::uint64_t hash = hash_of(name);
  return base::Duration::nanoseconds(
      static_cast<std::int64_t>((hash ^ hash >> 32) % static_cast<std::uint64_t>(range.in_nanoseconds())));
}

}  // namespace

Schedule::Schedule(base::Instant now) : wheel_(0, now) {}

std::uint32_t Schedule::add(const std::string& name, base::Duration interval, base::Instant now) {
  HOLTER_ASSERT(interval > base::Duration::zero());
  HOLTER_ASSERT(used_ < kMaxEntries);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.emplace_back();
    wheel_.grow(entries_.size());
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  entries_[number] = {interval, now + spread_of(name, interval), false, true};
  wheel_.schedule(number, entries_[number].next);
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

Start Schedule::start_of(std::uint32_t number, base::Instant now) {
  Entry& entry = entries_[number];
  const std::int64_t missed = (now - entry.next).in_nanoseconds() / entry.interval.in_nanoseconds();
  Start start{number, entry.next + entry.interval * missed, entry.running, static_cast<std::uint64_t>(missed)};
  entry.running = true;
  entry.next = start.planned + entry.interval;
  wheel_.schedule(number, entry.next);
  return start;
}

void Schedule::finished(std::uint32_t entry) {
  HOLTER_ASSERT(entry < entries_.size());
  entries_[entry].running = false;
}

}  // namespace holter::schedule
