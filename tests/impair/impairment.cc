#include "tests/impair/impairment.h"

#include <algorithm>

#include "base/json_writer.h"

namespace holter::impair {
namespace {

constexpr std::array kDirections{Direction::a_to_b, Direction::b_to_a};

constexpr std::size_t at(Direction direction) { return static_cast<std::size_t>(direction); }

void write(base::JsonWriter& json, Direction direction, const Counts& counts) {
  json.key(direction == Direction::a_to_b ? "a_to_b" : "b_to_a").begin_object();
  json.member("in", counts.in).member("lost", counts.lost).member("duplicated", counts.duplicated);
  json.member("held", counts.held).member("corrupted", counts.corrupted).member("reordered", counts.reordered);
  json.member("out", counts.out).end_object();
}

}  // namespace

base::Result<void> Impairment::add(std::string_view line) {
  if (entries_.size() == kMaxFaults) return base::Error{base::ErrorKind::full, "a wire has 64 faults at most"};
  auto fault = Fault::parse(line);
  if (!fault) return fault.error();
  Entry entry{std::move(*fault), {}};
  for (const Direction direction : kDirections) {
    const Dice dice = Dice(seed_).apart(1 + 2 * entries_.size() + at(direction));
    Way& way = entry.ways[at(direction)];
    std::uint64_t purpose = 0;
    for (Dice* of : {&way.lose, &way.repeat, &way.hold, &way.corrupt, &way.jitter}) *of = dice.apart(++purpose);
  }
  entries_.push_back(std::move(entry));
  return {};
}

void Impairment::clear() {
  entries_.clear();
  all_ = {};
}

bool Impairment::is_lost(const Fault& fault, Way& way, std::uint64_t number) {
  const bool begins = fault.lose.takes(number, way.lose);
  if (way.still_to_lose == 0 && begins) way.still_to_lose = fault.lost_in_a_row;
  if (way.still_to_lose == 0) return false;
  --way.still_to_lose;
  return true;
}

base::Duration Impairment::lateness(const Fault& fault, Way& way, std::uint64_t number) {
  base::Duration later = fault.delay;
  if (fault.jitter > base::Duration::zero()) {
    const double around = (2 * way.jitter.share() - 1) * static_cast<double>(fault.jitter.in_nanoseconds());
    later = std::max(base::Duration::zero(), later + base::Duration::nanoseconds(static_cast<std::int64_t>(around)));
  }
  if (!fault.hold.takes(number, way.hold)) return later;
  ++way.counts.held;
  return later + fault.held;
}

Verdict Impairment::decide(Direction towards, base::Bytes frame) {
  const FrameFacts facts = facts_of(frame);
  Verdict verdict;
  verdict.towards = towards;
  Counts& all = all_[at(towards)];
  ++all.in;
  const auto entry = std::ranges::find_if(entries_, [&](const Entry& e) { return e.fault.concerns(towards, facts); });
  if (entry == entries_.end()) return verdict;
  const Fault& fault = entry->fault;
  Way& way = entry->ways[at(towards)];
  verdict.fault = static_cast<std::size_t>(entry - entries_.begin());
  verdict.number = ++way.counts.in;
  if (is_lost(fault, way, verdict.number)) {
    ++way.counts.lost, ++all.lost;
    verdict.copies = 0;
    return verdict;
  }
  if (fault.repeat.takes(verdict.number, way.repeat)) {
    ++way.counts.duplicated, ++all.duplicated;
    verdict.copies = 2;
  }
  if (fault.corrupt.takes(verdict.number, way.corrupt) && facts.ip && facts.transport_at < frame.size()) {
    ++way.counts.corrupted, ++all.corrupted;
    const std::size_t bits = (frame.size() - facts.transport_at) * 8;
    verdict.corrupted_bit = facts.transport_at * 8 + way.corrupt.next() % bits;
  }
  const std::uint64_t held_before = way.counts.held;
  verdict.later = lateness(fault, way, verdict.number);
  all.held += way.counts.held - held_before;
  return verdict;
}

void Impairment::went_out(const Verdict& verdict) {
  Counts& all = all_[at(verdict.towards)];
  all.out += verdict.copies;
  if (verdict.fault >= entries_.size()) return;
  Way& way = entries_[verdict.fault].ways[at(verdict.towards)];
  way.counts.out += verdict.copies;
  if (verdict.number < way.furthest) ++way.counts.reordered, ++all.reordered;
  way.furthest = std::max(way.furthest, verdict.number);
}

std::string Impairment::counts_json(std::uint64_t failed) const {
  base::JsonWriter json;
  json.begin_object().member("seed", seed_).member("failed", failed).key("all").begin_object();
  for (const Direction direction : kDirections) write(json, direction, all_[at(direction)]);
  json.end_object().key("faults").begin_array();
  for (const Entry& entry : entries_) {
    json.begin_object().member("fault", std::string_view(entry.fault.text));
    for (const Direction direction : kDirections) write(json, direction, entry.ways[at(direction)].counts);
    json.end_object();
  }
  return json.end_array().end_object().take();
}

}  // namespace holter::impair
