#include "spool/index.h"

#include <algorithm>

namespace holter::spool {
namespace {

std::uint64_t bytes_of(const Entry& entry) { return kFrameHeaderBytes + entry.length; }

const base::RangeSet* settled_of(const State& state, std::uint32_t epoch, record::Lane lane) {
  const auto found = state.settled.find({epoch, lane});
  return found == state.settled.end() ? nullptr : &found->second;
}

bool is_settled(const base::RangeSet* settled, const Entry& entry) {
  return settled != nullptr && settled->contains(entry.first, entry.last);
}

}  // namespace

void Index::add(const ChunkId& chunk, const Entry& entry) {
  chunks_[chunk].push_back(entry);
  bytes_ += bytes_of(entry);
  ++batches_;
}

void Index::remove(const ChunkId& chunk) {
  const auto found = chunks_.find(chunk);
  if (found == chunks_.end()) return;
  for (const Entry& entry : found->second) bytes_ -= bytes_of(entry);
  batches_ -= found->second.size();
  chunks_.erase(found);
}

std::optional<Located> Index::next(record::Lane lane, codec::Position after, const State& state) const {
  for (auto chunk = chunks_.lower_bound({lane, after.epoch, 0}); chunk != chunks_.end(); ++chunk) {
    const auto& [id, entries] = *chunk;
    if (id.lane != lane) break;
    const std::uint64_t beyond = id.epoch == after.epoch ? after.sequence : 0;
    if (entries.empty() || entries.back().last <= beyond) continue;
    const base::RangeSet* settled = settled_of(state, id.epoch, lane);
    auto entry = std::ranges::upper_bound(entries, beyond, {}, &Entry::last);
    for (; entry != entries.end(); ++entry) {
      if (!is_settled(settled, *entry)) return Located{id, *entry};
    }
  }
  return {};
}

std::uint64_t Index::highest(record::Lane lane, std::uint32_t epoch) const {
  std::uint64_t highest = 0;
  for (auto chunk = chunks_.lower_bound({lane, epoch, 0}); chunk != chunks_.end(); ++chunk) {
    if (chunk->first.lane != lane || chunk->first.epoch != epoch) break;
    if (!chunk->second.empty()) highest = std::max(highest, chunk->second.back().last);
  }
  return highest;
}

std::vector<ChunkId> Index::finished(const State& state) const {
  std::vector<ChunkId> done;
  for (const auto& [id, entries] : chunks_) {
    const base::RangeSet* settled = settled_of(state, id.epoch, id.lane);
    if (std::ranges::all_of(entries, [&](const Entry& entry) { return is_settled(settled, entry); }))
      done.push_back(id);
  }
  return done;
}

std::optional<ChunkId> Index::to_shed(record::Lane newcomer) const {
  for (auto lane = record::Lane::packets; lane != record::Lane::incidents && lane >= newcomer;
       lane = static_cast<record::Lane>(static_cast<unsigned>(lane) - 1)) {
    const auto oldest = chunks_.lower_bound({lane, 0, 0});
    if (oldest != chunks_.end() && oldest->first.lane == lane) return oldest->first;
  }
  return {};
}

std::vector<base::RangeSet::Range> Index::holes(record::Lane lane, std::uint32_t epoch, const State& state,
                                                std::size_t limit) const {
  std::vector<base::RangeSet::Range> known;
  for (auto chunk = chunks_.lower_bound({lane, epoch, 0}); chunk != chunks_.end(); ++chunk) {
    if (chunk->first.lane != lane || chunk->first.epoch != epoch) break;
    for (const Entry& entry : chunk->second) known.push_back({entry.first, entry.last});
  }
  const std::uint64_t top = highest(lane, epoch);
  if (const base::RangeSet* settled = settled_of(state, epoch, lane)) {
    known.insert(known.end(), settled->ranges().begin(), settled->ranges().end());
  }
  std::ranges::sort(known, {}, &base::RangeSet::Range::first);
  std::vector<base::RangeSet::Range> holes;
  std::uint64_t expected = 1;
  for (const auto& range : known) {
    if (range.first > top || holes.size() == limit) break;
    if (range.first > expected) holes.push_back({expected, range.first - 1});
    expected = std::max(expected, range.last + 1);
  }
  return holes;
}

}  // namespace holter::spool
