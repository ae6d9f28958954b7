#include "store/pack.h"

#include <algorithm>
#include <limits>

namespace holter::store {
namespace {

using record::NamedRecord;

Row make_row(codec::RecordPointers records) {
  Row row;
  row.stream = stream_of(*records.front());
  row.first_sequence = records.front()->id.sequence;
  row.last_sequence = records.back()->id.sequence;
  row.first_wall = base::WallTime::max();
  row.last_wall = base::WallTime::from_nanoseconds(std::numeric_limits<std::int64_t>::min());
  for (const NamedRecord* record : records) {
    const base::WallTime at = record::time_of(record->body);
    row.first_wall = std::min(row.first_wall, at);
    row.last_wall = std::max(row.last_wall, at);
  }
  row.count = records.size();
  row.payload = codec::encode_batch(records);
  return row;
}

}  // namespace

std::vector<Row> pack(std::vector<const NamedRecord*> records, std::size_t most) {
  const auto before = [](const NamedRecord* a, const NamedRecord* b) {
    const auto order = stream_of(*a) <=> stream_of(*b);
    return order == 0 ? a->id.sequence < b->id.sequence : order < 0;
  };
  if (!std::ranges::is_sorted(records, before)) std::ranges::sort(records, before);
  std::vector<Row> rows;
  for (codec::RecordPointers left = records; !left.empty();) {
    const std::size_t count = codec::fitting(left.first(std::min(left.size(), most)));
    rows.push_back(make_row(left.first(count)));
    left = left.subspan(count);
  }
  return rows;
}

}  // namespace holter::store
