#include "store/page.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <limits>

#include "base/assert.h"
#include "store/reader.h"
#include "store/rows.h"

namespace holter::store {
namespace {

using record::NamedRecord;

// One statement over the tail and each type's blocks, every part in order of its own index: no row is read before its
// turn. A row may hold an answer unless all of it lies outside of the time asked for or on the done side of `after`.
std::string rows_query(const PageQuery& query) {
  const std::string columns = std::string("SELECT ") + kRowColumns + ", payload FROM ";
  const std::string where = std::string(" AND last_wall_ns>=?1 AND first_wall_ns<?2") +
                            (query.newest_first ? " AND first_wall_ns<=?3" : " AND last_wall_ns>=?3") +
                            (query.agent ? " AND agent=?4" : "");
  std::string text;
  for (const std::size_t type : query.types) {
    for (const char* table : {"tail", "blocks"}) {
      text += (text.empty() ? "" : " UNION ALL ") + columns + table + " WHERE type=" + std::to_string(type) + where;
    }
  }
  return text + " ORDER BY " + (query.newest_first ? "last_wall_ns DESC" : "first_wall_ns");
}

class Walk {
 public:
  explicit Walk(const PageQuery& query)
      : query_(query), limit_(std::clamp<std::size_t>(query.limit, 1, kMaxPageRecords)) {}

  // Whether the page can end before the row `next`, which holds nothing sooner than its own edge. `page.next` is set.
  bool ends_before(const Row& next, Page& page) {
    const base::WallTime edge = query_.newest_first ? next.last_wall : next.first_wall;
    if (records_.size() >= limit_ && sooner_than(records_[limit_ - 1], edge)) {
      page.next = position_of(records_[limit_ - 1]);
      records_.resize(limit_);
      return true;
    }
    // Everything sooner than the edge has been seen; that is only worth a page if it is further than the last one got.
    const bool further = !query_.after || (query_.newest_first ? edge < query_.after->at : edge > query_.after->at);
    if (page.scanned < query_.scan || !further) return false;
    std::erase_if(records_, [&](const NamedRecord& record) { return !sooner_than(record, edge); });
    page.next = Position{edge, query_.newest_first ? highest() : record::RecordId()};
    return true;
  }

  void add(std::vector<NamedRecord> records) {
    std::erase_if(records, [this](const NamedRecord& record) { return !is_wanted(record); });
    const auto sooner = [this](const NamedRecord& a, const NamedRecord& b) { return before(a, b); };
    std::ranges::sort(records, sooner);
    std::vector<NamedRecord> merged;
    merged.reserve(records_.size() + records.size());
    std::merge(std::move_iterator(records_.begin()), std::move_iterator(records_.end()),
               std::move_iterator(records.begin()), std::move_iterator(records.end()), std::back_inserter(merged),
               sooner);
    records_ = std::move(merged);
    // One more than the limit says that there is more.
    if (records_.size() > limit_ + 1) records_.resize(limit_ + 1);
  }

  // No row is left.
  void end(Page& page) {
    if (records_.size() <= limit_) return;
    records_.resize(limit_);
    page.next = position_of(records_.back());
  }

  std::vector<NamedRecord> take() { return std::move(records_); }

 private:
  static record::RecordId highest() {
    record::RecordId id;
    id.agent.bytes.fill(0xff);
    id.epoch = std::numeric_limits<std::uint32_t>::max();
    id.lane = static_cast<record::Lane>(record::kLaneCount);  // above each of them
    return id;
  }
  bool before(const NamedRecord& a, const NamedRecord& b) const {
    return query_.newest_first ? position_of(b) < position_of(a) : position_of(a) < position_of(b);
  }
  bool sooner_than(const NamedRecord& record, base::WallTime edge) const {
    const base::WallTime at = record::time_of(record.body);
    return query_.newest_first ? at > edge : at < edge;
  }
  bool is_wanted(const NamedRecord& record) const {
    const Position here = position_of(record);
    if (here.at < query_.from || here.at >= query_.to) return false;
    if (query_.after && (query_.newest_first ? !(here < *query_.after) : !(*query_.after < here))) return false;
    return !query_.wanted || query_.wanted(record);
  }

  const PageQuery& query_;
  std::size_t limit_;
  std::vector<NamedRecord> records_;  // in order, at most limit_ + 1 between two rows
};

void bind(SQLite::Statement& statement, const PageQuery& query) {
  statement.bind(1, query.from.in_nanoseconds());
  statement.bind(2, query.to.in_nanoseconds());
  const base::WallTime open = query.newest_first
                                  ? base::WallTime::max()
                                  : base::WallTime::from_nanoseconds(std::numeric_limits<std::int64_t>::min());
  statement.bind(3, (query.after ? query.after->at : open).in_nanoseconds());
  if (query.agent) statement.bind(4, query.agent->bytes.data(), static_cast<int>(query.agent->bytes.size()));
}

}  // namespace

Position position_of(const NamedRecord& named) { return {record::time_of(named.body), named.id}; }

base::Result<Page> Reader::page(const PageQuery& query) const {
  HOLTER_ASSERT(!query.types.empty() && query.types.size() <= kMaxPageTypes);
  return guarded(connection_.path, "read records", [&]() -> base::Result<Page> {
    Page page;
    Walk walk(query);
    SQLite::Statement rows(*connection_.database, rows_query(query));
    bind(rows, query);
    bool ended = false;
    while (!ended && rows.executeStep()) {
      const Row row = read_row(rows);
      ended = walk.ends_before(row, page);
      if (ended) break;
      auto records = read_records(rows, 10, row);
      if (!records) {
        ++page.damaged_rows;
        continue;
      }
      page.scanned += records->size();
      walk.add(std::move(*records));
    }
    if (!ended) walk.end(page);
    page.records = walk.take();
    return page;
  });
}

}  // namespace holter::store
