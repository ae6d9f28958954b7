// Reader answers questions about what is stored, from its own read-only connection beside the writer's: an answer is a
// consistent view of tail and blocks together. A block that cannot be decoded does not spoil an answer; it is counted.
// Calls block on the disk. One thread at a time; open one for each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/untrusted_text.h"
#include "record/record.h"
#include "store/connection.h"
#include "store/page.h"

namespace holter::store {

struct Query {
  std::size_t type = 0;  // index into record::Record
  std::optional<base::AgentId> agent = {};
  // from <= time_of(record) < to
  base::WallTime from = base::WallTime::from_nanoseconds(0);
  base::WallTime to = base::WallTime::max();
  std::size_t limit = 1'000;  // at most kMaxReadRecords
  bool newest_first = false;
};

struct Answer {
  std::vector<record::NamedRecord> records;  // by time, then id
  std::uint64_t damaged_rows = 0;            // left out, could not be decoded
};

using Counts = std::array<std::uint64_t, record::kTypeCount>;

struct KnownAgent {
  base::AgentId id;
  base::UntrustedText name;
  base::WallTime last_seen;
};

class Reader {
 public:
  static base::Result<Reader> open(const std::string& directory);
  // On another's connection and thread.
  explicit Reader(Connection connection) : connection_(std::move(connection)) {}

  base::Result<Answer> read(const Query& query) const;
  // One bounded step of a walk; `next` of one page is `after` of the following.
  base::Result<Page> page(const PageQuery& query) const;
  // The last change of each session (a name, and what proves it) by its number, whatever the clock said meanwhile; in
  // order of their times.
  base::Result<Answer> latest_pulse_changes() const;
  base::Result<Counts> counts() const;
  base::Result<std::vector<KnownAgent>> agents() const;
  // The time of the oldest record; empty when there is none.
  base::Result<std::optional<base::WallTime>> oldest() const;
  // Database and log.
  base::Result<std::uint64_t> size_bytes() const;

 private:
  Connection connection_;
};

}  // namespace holter::store
