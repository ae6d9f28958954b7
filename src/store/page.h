// A page is one bounded step of a walk through stored records in order of time: so many records looked at, so many
// given, and the position from which the next step goes on. Whoever walks asks for one page after the other, and the
// writer has its turn between two (both use one thread): a long walk costs time, never a pause of what is recorded.
//
// A position is a place in the order (time, then id), not a record: the records behind it may change between two
// pages. What is stored meanwhile is seen when it lies ahead; nothing is seen twice. Pure values.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "record/record.h"

namespace holter::store {

inline constexpr std::size_t kMaxPageRecords = 10'000;  // given in one page
inline constexpr std::size_t kScannedPerPage = 16'384;  // looked at, then a page ends at the next place where it can
inline constexpr std::size_t kMaxPageTypes = record::kTypeCount;

struct Position {
  base::WallTime at;
  record::RecordId id;

  friend auto operator<=>(const Position&, const Position&) = default;
};

Position position_of(const record::NamedRecord& named);

using Predicate = std::function<bool(const record::NamedRecord&)>;

struct PageQuery {
  std::vector<std::size_t> types;  // indexes into record::Record; at least one
  std::optional<base::AgentId> agent = {};
  // from <= time_of(record) < to
  base::WallTime from = base::WallTime::from_nanoseconds(0);
  base::WallTime to = base::WallTime::max();
  bool newest_first = true;
  std::optional<Position> after = {};  // where the page before ended
  std::size_t limit = 1'000;           // records given: 1..kMaxPageRecords
  std::size_t scan = kScannedPerPage;
  Predicate wanted = {};  // empty: all
};

struct Page {
  std::vector<record::NamedRecord> records;
  std::optional<Position> next;    // empty: there is nothing further
  std::uint64_t scanned = 0;       // records that were decoded for it
  std::uint64_t damaged_rows = 0;  // left out, could not be decoded
};

}  // namespace holter::store
