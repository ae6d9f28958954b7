#include "store/received.h"

#include <SQLiteCpp/Statement.h>

#include "base/byte_writer.h"
#include "store/rows.h"

namespace holter::store {
namespace {

const base::RangeSet kNothing(kMaxRangesPerLane);

// Distances as varints: docs/formats/store.md.
std::vector<std::uint8_t> encode(const base::RangeSet& ranges) {
  base::ByteWriter to;
  std::uint64_t end = 0;
  for (const auto& range : ranges.ranges()) {
    to.varint(range.first - end);
    to.varint(range.last - range.first);
    end = range.last;
  }
  return to.take();
}

base::Result<base::RangeSet> decode(base::Bytes bytes) {
  base::RangeSet ranges(kMaxRangesPerLane);
  base::ByteReader from(bytes);
  for (std::uint64_t end = 0; from.captured_left() > 0;) {
    const std::uint64_t first = end + from.varint();
    end = first + from.varint();
    if (from.failed() || end < first || !ranges.insert(first, end)) {
      return base::Error{base::ErrorKind::corrupt, "the table of received numbers is damaged"};
    }
  }
  return ranges;
}

// The numbers of its agent that a Gap says are gone for ever. The store's own gaps speak of what was there.
const record::Gap* foreign_loss(const record::NamedRecord& record, const base::AgentId& own) {
  const auto* gap = std::get_if<record::Gap>(&record.body);
  if (gap == nullptr || record.id.agent == own || gap->first == 0 || gap->last < gap->first) return nullptr;
  const bool lost = gap->cause == record::GapCause::shed || gap->cause == record::GapCause::disk_fault;
  return lost ? gap : nullptr;
}

}  // namespace

base::RangeSet& Received::lane_in(Additions& additions, const LaneOfAgent& lane) const {
  return additions.try_emplace(lane, of(lane)).first->second;
}

Novelty Received::classify(const record::NamedRecord& record, const base::AgentId& own, Additions& additions) const {
  const LaneOfAgent lane{record.id.agent, record.id.epoch, record.id.lane};
  if (record.id.sequence == 0) return Novelty::refused;
  if (!lanes_.contains(lane) && lanes_.size() + additions.size() >= kMaxLanes) return Novelty::refused;
  base::RangeSet& known = lane_in(additions, lane);
  if (known.contains(record.id.sequence)) return Novelty::duplicate;
  if (!known.insert(record.id.sequence)) return Novelty::refused;
  if (const record::Gap* gap = foreign_loss(record, own)) {
    lane_in(additions, {record.id.agent, gap->epoch, gap->lane}).insert(gap->first, gap->last);
  }
  return Novelty::fresh;
}

void Received::adopt(Additions additions) {
  for (auto& [lane, ranges] : additions) {
    lanes_.insert_or_assign(lane, std::move(ranges));
    unsaved_.insert(lane);
  }
}

const base::RangeSet& Received::of(const LaneOfAgent& lane) const {
  const auto found = lanes_.find(lane);
  return found == lanes_.end() ? kNothing : found->second;
}

std::map<LaneOfAgent, base::RangeSet> Received::of(const base::AgentId& agent) const {
  auto first = lanes_.lower_bound(LaneOfAgent{agent, 0, record::Lane::incidents});
  auto last = first;
  while (last != lanes_.end() && last->first.agent == agent) ++last;
  return {first, last};
}

Fence Received::fence(record::Lane lane) const {
  Fence fence;
  for (const auto& [name, ranges] : lanes_) {
    if (name.lane == lane) fence.lanes.emplace(name, ranges);
  }
  return fence;
}

std::uint64_t Received::next_sequence(const LaneOfAgent& lane) const {
  const auto ranges = of(lane).ranges();
  return ranges.empty() ? 1 : ranges.back().last + 1;
}

base::Result<void> Received::load(SQLite::Database& database) {
  SQLite::Statement all(database, "SELECT agent, epoch, lane, ranges FROM received");
  while (all.executeStep()) {
    const auto lane = static_cast<record::Lane>(all.getColumn(2).getInt64());
    const LaneOfAgent key{read_agent(all.getColumn(0)), static_cast<std::uint32_t>(all.getColumn(1).getInt64()), lane};
    const SQLite::Column packed = all.getColumn(3);
    const auto* bytes = static_cast<const std::uint8_t*>(packed.getBlob());
    auto ranges = decode(base::Bytes(bytes, static_cast<std::size_t>(packed.getBytes())));
    if (!ranges) return ranges.error();
    lanes_.insert_or_assign(key, std::move(*ranges));
  }
  return {};
}

void Received::save(SQLite::Database& database, const Additions& additions) const {
  std::set<LaneOfAgent> lanes = unsaved_;
  for (const auto& [lane, ranges] : additions) lanes.insert(lane);
  SQLite::Statement put(database, "INSERT OR REPLACE INTO received VALUES (?, ?, ?, ?)");
  for (const LaneOfAgent& lane : lanes) {
    const auto added = additions.find(lane);
    const std::vector<std::uint8_t> packed = encode(added == additions.end() ? of(lane) : added->second);
    put.bind(1, lane.agent.bytes.data(), static_cast<int>(lane.agent.bytes.size()));
    put.bind(2, static_cast<std::int64_t>(lane.epoch));
    put.bind(3, static_cast<std::int64_t>(lane.lane));
    put.bind(4, packed.data(), static_cast<int>(packed.size()));
    put.exec();
    put.reset();
  }
}

}  // namespace holter::store
