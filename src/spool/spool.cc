#include "spool/spool.h"

#include <algorithm>

namespace holter::spool {

// A batch that has its numbers and its bytes and waits for its place on disk.
struct Spool::Planned {
  codec::BatchHeader header;
  std::vector<std::uint8_t> bytes;
  base::WallTime from;
  base::WallTime to;
};

std::vector<Spool::Planned> Spool::plan(std::vector<record::Record> records, std::vector<record::RecordId>& ids) {
  // A batch holds one type: each type's records take their numbers together, so that batches have no holes.
  std::array<std::vector<std::size_t>, record::kTypeCount> by_type;
  for (std::size_t i = 0; i < records.size(); ++i) by_type[records[i].index()].push_back(i);
  std::vector<Planned> planned;
  ids.resize(records.size());
  for (const auto& of_type : by_type) {
    std::vector<record::NamedRecord> named;
    for (const std::size_t i : of_type) {
      const record::Lane lane = record::lane_of(records[i]);
      ids[i] = {state_.agent, state_.epoch, lane, next_[static_cast<std::size_t>(lane)]++};
      named.push_back({ids[i], std::move(records[i])});
    }
    plan_type(std::move(named), planned);
  }
  std::ranges::sort(planned, {}, [](const Planned& batch) { return std::pair(batch.header.lane, batch.header.first); });
  return planned;
}

void Spool::plan_type(std::vector<record::NamedRecord> records, std::vector<Planned>& into) {
  std::span<const record::NamedRecord> left = records;
  while (!left.empty()) {
    const auto part = left.first(codec::fitting(left));
    const record::NamedRecord& first = part.front();
    into.push_back({{first.id.agent, first.id.epoch, first.id.lane, first.body.index(),
                     static_cast<std::uint32_t>(part.size()), first.id.sequence, part.back().id.sequence},
                    codec::encode_batch(part),
                    record::time_of(first.body),
                    record::time_of(part.back().body)});
    left = left.subspan(part.size());
  }
}

void Spool::lose(record::GapCause cause, record::Lane lane, std::uint32_t epoch, base::RangeSet::Range numbers,
                 base::WallTime from, base::WallTime to) {
  const std::uint64_t count = numbers.first == 0 ? 0 : numbers.last - numbers.first + 1;
  for (auto pending = pending_gaps_.rbegin(); pending != pending_gaps_.rend(); ++pending) {
    auto& before = std::get<record::Gap>(*pending);
    if (before.cause != cause || before.lane != lane || before.epoch != epoch) continue;
    // Past the limit gaps are joined over what lies between them: a gap may say too much, never too little.
    if (before.last + 1 != numbers.first && pending_gaps_.size() < kMaxPendingGaps) break;
    before.first = std::min(before.first, numbers.first);
    before.last = std::max(before.last, numbers.last);
    before.count += count;
    before.to = to;
    return;
  }
  pending_gaps_.push_back(record::Gap{cause, lane, epoch, numbers.first, numbers.last, count, from, to, "spool"});
}

void Spool::shed(const ChunkId& chunk, base::WallTime now) {
  const auto entries = index_.chunks().at(chunk);
  base::WallTime from = now;
  if (const auto oldest = read({chunk, entries.front()})) {
    const auto records = codec::decode_batch(oldest->bytes);
    if (records) from = record::time_of(records->front().body);
  }
  const base::RangeSet& settled = state_.settled_of(chunk.epoch, chunk.lane);
  for (const Entry& entry : entries) {
    for (const auto& lost : settled.missing(entry.first, entry.last, kMaxSettledRanges)) {
      lose(record::GapCause::shed, chunk.lane, chunk.epoch, lost, from, now);
    }
  }
  ChunkWriter& writer = writers_[static_cast<std::size_t>(chunk.lane)];
  if (writer.is_open(chunk)) writer.close();
  index_.remove(chunk);
  to_remove_.push_back(chunk);
}

base::Result<std::uint64_t> Spool::make_room(std::vector<Planned>& planned, base::WallTime now) {
  std::uint64_t admitted = 0;
  std::uint64_t lost = 0;
  std::vector<Planned> kept_batches;
  for (Planned& batch : planned) {
    const std::uint64_t needs = kFrameHeaderBytes + batch.bytes.size();
    const auto is_full = [&] {
      return index_.bytes() + admitted + needs > options_.max_bytes ||
             index_.batches() + kept_batches.size() >= kMaxBatches;
    };
    while (is_full()) {
      const auto victim = index_.to_shed(batch.header.lane);
      if (!victim) break;
      const std::uint64_t before = kept();
      shed(*victim, now);
      lost += before - kept();
    }
    if (!is_full()) {
      admitted += needs;
      kept_batches.push_back(std::move(batch));
      continue;
    }
    // Also an incident that finds the spool full of incidents is named: never silence.
    lost += batch.header.count;
    lose(record::GapCause::shed, batch.header.lane, batch.header.epoch, {batch.header.first, batch.header.last},
         batch.from, batch.to);
  }
  planned = std::move(kept_batches);
  return lost;
}

base::Result<bool> Spool::write(const std::vector<Planned>& planned, base::WallTime now) {
  std::array<Frames, record::kLaneCount> lanes;
  for (const Planned& batch : planned) {
    Frames& frames = lanes[static_cast<std::size_t>(batch.header.lane)];
    base::ByteWriter framed;
    put_frame(batch.header, batch.bytes, framed);
    frames.entries.push_back({batch.header.first, batch.header.last,
                              static_cast<std::uint32_t>(frames.bytes.size() + kFrameHeaderBytes),
                              static_cast<std::uint32_t>(batch.bytes.size())});
    frames.bytes.insert(frames.bytes.end(), framed.view().begin(), framed.view().end());
  }
  bool condemned = false;
  base::Result<void> outcome;
  for (std::size_t i = 0; i < record::kLaneCount; ++i) {
    if (lanes[i].entries.empty()) continue;
    const auto written = writers_[i].write(state_.epoch, lanes[i]);
    if (!written) {
      outcome = written.error();
      const base::RangeSet::Range numbers{lanes[i].entries.front().first, lanes[i].entries.back().last};
      lose(record::GapCause::disk_fault, static_cast<record::Lane>(i), state_.epoch, numbers, now, now);
      continue;
    }
    condemned = condemned || written->condemned;
    for (const Entry& entry : written->entries) index_.add(written->chunk, entry);
  }
  if (!outcome) return outcome.error();
  return condemned;
}

base::Result<void> Spool::write_gaps(std::size_t count) {
  if (count == 0) return {};
  std::vector<record::Record> gaps(pending_gaps_.begin(), pending_gaps_.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<record::RecordId> ids;
  const auto planned = plan(gaps, ids);
  if (auto done = write(planned, std::get<record::Gap>(gaps.back()).to); !done) return done.error();
  pending_gaps_.erase(pending_gaps_.begin(), pending_gaps_.begin() + static_cast<std::ptrdiff_t>(count));
  for (const record::Record& record : gaps) {
    const auto& gap = std::get<record::Gap>(record);
    // When there is no room the next open names it again: said twice, never lost.
    if (gap.first != 0) state_.settled_of(gap.epoch, gap.lane).insert(gap.first, gap.last);
  }
  dirty_ = true;
  return {};
}

base::Result<Appended> Spool::append(std::vector<record::Record> records, base::WallTime now) {
  Appended appended;
  auto planned = plan(std::move(records), appended.ids);
  const auto lost = make_room(planned, now);
  if (!lost) return lost.error();
  appended.shed = *lost;
  const auto condemned = write(planned, now);
  if (auto named = write_gaps(pending_gaps_.size()); !named) return named.error();
  if (!condemned) return condemned.error();
  appended.condemned = *condemned;
  if (!to_remove_.empty()) {
    if (auto done = remove_chunks(); !done) return done.error();
  }
  return appended;
}

base::Result<void> Spool::remove_chunks() {
  // First it is written that they are settled, then they go: a crash in between leaves files, never a false hole.
  if (auto saved = save_state(); !saved) return saved;
  while (!to_remove_.empty()) {
    auto removed = files_.remove(path(file_name(to_remove_.back())));
    if (!removed && removed.error().kind != base::ErrorKind::not_found) return removed;
    to_remove_.pop_back();
  }
  return {};
}

base::Result<codec::StoredBatch> Spool::read(const Located& at) {
  auto file = files_.open(path(file_name(at.chunk)), env::OpenMode::read);
  if (!file) return file.error();
  codec::StoredBatch batch;
  batch.bytes.resize(at.entry.length);
  const auto got = (*file)->read_at(at.entry.offset, batch.bytes);
  if (!got) return got.error();
  batch.bytes.resize(*got);
  auto header = codec::read_batch_header(batch.bytes);
  if (!header) return header.error();
  batch.header = *header;
  return batch;
}

base::Result<std::vector<codec::StoredBatch>> Spool::next(record::Lane lane, codec::Position after,
                                                          std::size_t limit_bytes, std::size_t limit_batches,
                                                          base::WallTime now) {
  std::vector<codec::StoredBatch> batches;
  std::size_t bytes = 0;
  while (batches.size() < limit_batches) {
    const auto at = index_.next(lane, after, state_);
    if (!at || (!batches.empty() && bytes + at->entry.length > limit_bytes)) break;
    after = {at->chunk.epoch, at->entry.last};
    auto batch = read(*at);
    if (!batch && batch.error().kind != base::ErrorKind::corrupt) return batch.error();
    if (!batch) {
      // It was good when the spool was opened or written: the disk changed it since.
      lose(record::GapCause::disk_fault, lane, at->chunk.epoch, {at->entry.first, at->entry.last}, now, now);
      continue;
    }
    bytes += batch->bytes.size();
    batches.push_back(std::move(*batch));
  }
  return batches;
}

base::Result<bool> Spool::acknowledge(std::uint32_t epoch, record::Lane lane, const base::RangeSet& durable) {
  const std::uint64_t highest = durable.empty() ? 0 : durable.ranges().back().last;
  if (epoch == state_.epoch && highest >= next_sequence(lane)) {
    for (ChunkWriter& writer : writers_) writer.close();
    ++state_.epoch;
    next_.fill(1);
    if (auto saved = save_state(); !saved) return saved.error();
    return true;
  }
  if (epoch != state_.epoch && index_.highest(lane, epoch) == 0) return false;
  base::RangeSet& settled = state_.settled_of(epoch, lane);
  for (const auto& range : durable.ranges()) {
    if (settled.contains(range.first, range.last)) continue;
    dirty_ = settled.insert(range.first, range.last) || dirty_;
  }
  return false;
}

base::Result<void> Spool::maintain(base::WallTime now) {
  if (!pending_gaps_.empty()) {
    const auto named = append({}, now);
    if (!named) return named.error();
  }
  for (const ChunkId& done : index_.finished(state_)) {
    // The open chunk stays until it is full: a hub that keeps up must not cost a new file with every ack.
    if (writers_[static_cast<std::size_t>(done.lane)].is_open(done)) continue;
    index_.remove(done);
    to_remove_.push_back(done);
  }
  if (!to_remove_.empty()) return remove_chunks();
  return dirty_ ? save_state() : base::Result<void>();
}

codec::Tails Spool::tails() const {
  codec::Tails tails;
  for (std::size_t i = 0; i < record::kLaneCount; ++i) tails[i] = {state_.epoch, next_[i] - 1};
  return tails;
}

std::uint64_t Spool::kept() const {
  std::uint64_t records = 0;
  for (const auto& [id, entries] : index_.chunks()) {
    const auto settled = state_.settled.find({id.epoch, id.lane});
    for (const Entry& entry : entries) {
      if (settled == state_.settled.end()) {
        records += entry.last - entry.first + 1;
        continue;
      }
      for (const auto& open : settled->second.missing(entry.first, entry.last, kMaxSettledRanges)) {
        records += open.last - open.first + 1;
      }
    }
  }
  return records;
}

}  // namespace holter::spool
