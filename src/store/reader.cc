#include "store/reader.h"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "store/rows.h"

namespace holter::store {
namespace {

using record::NamedRecord;

constexpr std::size_t kPulseChange = 1;
static_assert(std::is_same_v<std::variant_alternative_t<kPulseChange, record::Record>, record::PulseChange>);

bool earlier(const NamedRecord& a, const NamedRecord& b) {
  const base::WallTime at = record::time_of(a.body);
  const base::WallTime bt = record::time_of(b.body);
  return at == bt ? a.id < b.id : at < bt;
}

// Rows of both tables that may hold an answer, in the order of the end that matters.
std::string rows_query(const Query& query) {
  std::string where = " WHERE type=?1 AND last_wall_ns>=?2 AND first_wall_ns<?3";
  if (query.agent) where += " AND agent=?4";
  const std::string columns = std::string("SELECT ") + kRowColumns + ", payload FROM ";
  return columns + "tail" + where + " UNION ALL " + columns + "blocks" + where + " ORDER BY " +
         (query.newest_first ? "last_wall_ns DESC" : "first_wall_ns");
}

// Keeps the best `limit` records seen so far and knows when no further row can have a better one.
class Best {
 public:
  explicit Best(const Query& query) : query_(query), limit_(std::min(query.limit, kMaxReadRecords)) {}

  bool complete(const Row& next) const {
    if (records_.size() < limit_) return false;
    if (limit_ == 0) return true;
    const base::WallTime worst = record::time_of(records_[limit_ - 1].body);
    return query_.newest_first ? next.last_wall < worst : next.first_wall > worst;
  }

  void add(std::vector<NamedRecord> records) {
    const auto sooner = [this](const NamedRecord& a, const NamedRecord& b) {
      return query_.newest_first ? earlier(b, a) : earlier(a, b);
    };
    std::erase_if(records, [this](const NamedRecord& record) {
      const base::WallTime at = record::time_of(record.body);
      return at < query_.from || at >= query_.to;
    });
    std::ranges::sort(records, sooner);
    std::vector<NamedRecord> merged;
    merged.reserve(records_.size() + records.size());
    std::merge(std::move_iterator(records_.begin()), std::move_iterator(records_.end()),
               std::move_iterator(records.begin()), std::move_iterator(records.end()), std::back_inserter(merged),
               sooner);
    records_ = std::move(merged);
    if (records_.size() > limit_) records_.resize(limit_);
  }

  std::vector<NamedRecord> take() { return std::move(records_); }

 private:
  const Query& query_;
  std::size_t limit_;
  std::vector<NamedRecord> records_;
};

void bind(SQLite::Statement& statement, const Query& query) {
  statement.bind(1, static_cast<std::int64_t>(query.type));
  statement.bind(2, query.from.in_nanoseconds());
  statement.bind(3, query.to.in_nanoseconds());
  if (query.agent) statement.bind(4, query.agent->bytes.data(), static_cast<int>(query.agent->bytes.size()));
}

}  // namespace

base::Result<Reader> Reader::open(const std::string& directory) {
  auto connection = connect_reader(directory);
  if (!connection) return connection.error();
  return Reader(std::move(*connection));
}

base::Result<Answer> Reader::read(const Query& query) const {
  return guarded(connection_.path, "read records", [&]() -> base::Result<Answer> {
    Answer answer;
    Best best(query);
    SQLite::Statement rows(*connection_.database, rows_query(query));
    bind(rows, query);
    while (rows.executeStep()) {
      const Row row = read_row(rows);
      if (best.complete(row)) break;
      auto records = read_records(rows, 10, row);
      if (records) {
        best.add(std::move(*records));
      } else {
        ++answer.damaged_rows;
      }
    }
    answer.records = best.take();
    return answer;
  });
}

base::Result<Answer> Reader::latest_pulse_changes() const {
  return guarded(connection_.path, "read sessions", [&]() -> base::Result<Answer> {
    Answer answer;
    std::map<std::tuple<base::AgentId, std::string, record::Authentication>, NamedRecord> latest;
    Query query;
    query.type = kPulseChange;
    SQLite::Statement rows(*connection_.database, rows_query(query));
    bind(rows, query);
    while (rows.executeStep()) {
      auto records = read_records(rows, 10, read_row(rows));
      if (!records) {
        ++answer.damaged_rows;
        continue;
      }
      for (NamedRecord& record : *records) {
        const auto& change = std::get<record::PulseChange>(record.body);
        std::tuple session(record.id.agent, change.session.raw(), change.authentication);
        const auto found = latest.find(session);
        if (found != latest.end() && found->second.id < record.id) {
          found->second = std::move(record);
        } else if (found == latest.end() && latest.size() < kMaxRestoredSessions) {
          latest.emplace(std::move(session), std::move(record));
        }
      }
    }
    for (auto& [session, record] : latest) answer.records.push_back(std::move(record));
    std::ranges::sort(answer.records, earlier);
    return answer;
  });
}

base::Result<Counts> Reader::counts() const {
  return guarded(connection_.path, "count records", [&]() -> base::Result<Counts> {
    Counts counts{};
    SQLite::Statement sums(*connection_.database,
                           "SELECT type, sum(count) FROM blocks GROUP BY type UNION ALL "
                           "SELECT type, sum(count) FROM tail GROUP BY type");
    while (sums.executeStep()) {
      const auto type = static_cast<std::size_t>(sums.getColumn(0).getInt64());
      if (type < counts.size()) counts[type] += static_cast<std::uint64_t>(sums.getColumn(1).getInt64());
    }
    return counts;
  });
}

base::Result<std::vector<KnownAgent>> Reader::agents() const {
  return guarded(connection_.path, "read the agents", [&]() -> base::Result<std::vector<KnownAgent>> {
    std::vector<KnownAgent> agents;
    SQLite::Statement all(*connection_.database, "SELECT agent, name, last_seen_ns FROM agents ORDER BY agent");
    while (all.executeStep()) {
      agents.push_back({read_agent(all.getColumn(0)), base::UntrustedText(all.getColumn(1).getString()),
                        base::WallTime::from_nanoseconds(all.getColumn(2).getInt64())});
    }
    return agents;
  });
}

base::Result<std::optional<base::WallTime>> Reader::oldest() const {
  using Oldest = std::optional<base::WallTime>;
  return guarded(connection_.path, "look for the oldest record", [&]() -> base::Result<Oldest> {
    std::string query = "SELECT min(oldest) FROM (SELECT min(first_wall_ns) AS oldest FROM tail";
    for (std::size_t type = 0; type < record::kTypeCount; ++type) {
      query += " UNION ALL SELECT min(first_wall_ns) FROM blocks WHERE type=" + std::to_string(type);
    }
    SQLite::Statement find(*connection_.database, query + ")");
    if (!find.executeStep() || find.getColumn(0).isNull()) return Oldest();
    return Oldest(base::WallTime::from_nanoseconds(find.getColumn(0).getInt64()));
  });
}

base::Result<std::uint64_t> Reader::size_bytes() const {
  return guarded(connection_.path, "measure the store", [&]() -> base::Result<std::uint64_t> {
    return database_bytes(*connection_.database) + log_bytes(*connection_.database);
  });
}

}  // namespace holter::store
