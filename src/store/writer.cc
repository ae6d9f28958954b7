#include "store/writer.h"

#include <algorithm>

namespace holter::store {
namespace {

constexpr std::size_t kMaxAtOnce = 4'096;

}  // namespace

std::size_t LocalSink::room_for(record::Lane lane) const {
  switch (lane) {
    case record::Lane::packets: return capacity_ / 2;
    case record::Lane::flows: return capacity_ - capacity_ / 4;
    case record::Lane::results: return capacity_ - capacity_ / 16;
    case record::Lane::incidents: return capacity_;
  }
  return capacity_;
}

Writer::Writer(env::Env env, Store& store, OnGap on_gap, std::size_t queue_records)
    : env_(env),
      store_(store),
      on_gap_(std::move(on_gap)),
      queue_(env_.executor, queue_records),
      sink_(queue_, queue_records),
      last_commit_(env_.clock.wall_now()),
      settled_more_(env_.executor) {}

env::Task<void> Writer::flush() {
  const std::uint64_t wanted = sink_.accepted();
  while (settled_ < wanted) co_await settled_more_.wait();
}

void Writer::close() {
  closing_ = true;
  queue_.close();
}

WriterCounts Writer::counts() const {
  WriterCounts counts = counts_;
  counts.lost += queue_.refused();
  return counts;
}

env::Task<void> Writer::run() {
  env::TaskGroup upkeep(env_.executor);
  auto house = keep_house();
  upkeep.spawn(std::move(house));
  for (;;) {
    auto records = co_await queue_.receive();
    const std::uint64_t received = records.size();
    const base::Instant begun = env_.clock.now();
    const bool last = records.empty();
    note_lost(records);
    auto storing = store_all(std::move(records));
    co_await std::move(storing);
    settled_ += received;
    settled_more_.notify();
    if (last) break;
    co_await env_.clock.sleep_until(begun + kCommitInterval);
  }
  co_await upkeep.stop();
}

void Writer::note_lost(std::vector<record::Record>& records) {
  const std::uint64_t lost = queue_.take_refused();
  if (lost == 0) return;
  counts_.lost += lost;
  record::Gap gap;
  gap.cause = record::GapCause::queue_full;
  gap.count = lost;
  gap.from = last_commit_;
  gap.to = env_.clock.wall_now();
  gap.where = "store queue";
  on_gap_(gap);
  records.emplace_back(std::move(gap));
}

env::Task<void> Writer::store_all(std::vector<record::Record> records) {
  std::size_t at_once = kMaxAtOnce;
  for (std::span<const record::Record> left = records; !left.empty();) {
    const std::size_t count = std::min(at_once, left.size());
    const auto stored = co_await store_some(left.first(count));
    if (stored) {
      note_success();
      counts_.stored += count;
      left = left.subspan(count);
      continue;
    }
    const bool too_large = stored.error().kind == base::ErrorKind::too_large;
    if (too_large && count > 1) {
      at_once = count / 2;
      continue;
    }
    note_failure(stored.error());
    if (too_large) {
      ++counts_.lost;
      left = left.subspan(1);
    } else if (closing_) {
      counts_.lost += left.size();
      env_.log.error("store", "records lost at the end", {{"records", left.size()}, {"error", stored.error()}});
      co_return;
    } else {
      co_await env_.clock.sleep_for(kRetryInterval);
    }
  }
}

env::Task<base::Result<void>> Writer::store_some(std::span<const record::Record> records) {
  auto work = [this, records] { return store_.append_own(records); };
  auto named = co_await env_.offload.run(std::move(work));
  if (!named) co_return named.error();
  last_commit_ = env_.clock.wall_now();
  if (observer_) observer_(std::move(*named));
  co_return base::Result<void>();
}

void Writer::note_failure(const base::Error& error) {
  if (!counts_.failing) {
    env_.log.error("store", "cannot write the store, trying again", {{"error", error}, {"every", kRetryInterval}});
  }
  counts_.failing = error;
}

void Writer::note_success() {
  if (counts_.failing) env_.log.info("store", "the store is written again");
  counts_.failing.reset();
}

env::Task<base::Result<AppendOutcome>> Writer::append(std::vector<record::NamedRecord> records) {
  auto work = [this, &records] { return store_.append(records); };
  auto outcome = co_await env_.offload.run(std::move(work));
  if (!outcome) {
    note_failure(outcome.error());
  } else {
    note_success();
    counts_.stored += outcome->stored;
  }
  co_return outcome;
}

env::Task<void> Writer::keep_house() {
  for (;;) {
    auto work = [this, now = env_.clock.wall_now()] { return store_.maintain(now); };
    const auto removed = co_await env_.offload.run(std::move(work));
    if (!removed) note_failure(removed.error());
    if (removed && !removed->empty()) {
      env_.log.info("store", "oldest records removed to keep the budget", {{"gaps", removed->size()}});
      for (const auto& named : *removed) on_gap_(std::get<record::Gap>(named.body));
    }
    co_await env_.clock.sleep_for(kUpkeepInterval);
  }
}

}  // namespace holter::store
