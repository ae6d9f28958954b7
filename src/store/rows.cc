#include "store/rows.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <string>

namespace holter::store {
namespace {

using record::NamedRecord;

std::string name_of(Table table) { return table == Table::tail ? "tail" : "blocks"; }

bool belongs(const NamedRecord& record, const Row& row) {
  return stream_of(record) == row.stream && record.id.sequence >= row.first_sequence &&
         record.id.sequence <= row.last_sequence;
}

}  // namespace

Stream stream_of(const NamedRecord& record) {
  return Stream{record.body.index(), record.id.agent, record.id.epoch, record.id.lane};
}

void insert_row(SQLite::Database& database, Table table, const Row& row) {
  SQLite::Statement insert(database, "INSERT INTO " + name_of(table) +
                                         "(type, agent, epoch, lane, first_sequence, last_sequence, first_wall_ns, "
                                         "last_wall_ns, count, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, static_cast<std::int64_t>(row.stream.type));
  insert.bind(2, row.stream.agent.bytes.data(), static_cast<int>(row.stream.agent.bytes.size()));
  insert.bind(3, static_cast<std::int64_t>(row.stream.epoch));
  insert.bind(4, static_cast<std::int64_t>(row.stream.lane));
  insert.bind(5, static_cast<std::int64_t>(row.first_sequence));
  insert.bind(6, static_cast<std::int64_t>(row.last_sequence));
  insert.bind(7, row.first_wall.in_nanoseconds());
  insert.bind(8, row.last_wall.in_nanoseconds());
  insert.bind(9, static_cast<std::int64_t>(row.count));
  insert.bindNoCopy(10, row.payload.data(), static_cast<int>(row.payload.size()));
  insert.exec();
}

void delete_row(SQLite::Database& database, Table table, std::int64_t id) {
  SQLite::Statement remove(database, "DELETE FROM " + name_of(table) + " WHERE id=?");
  remove.bind(1, id);
  remove.exec();
}

base::AgentId read_agent(const SQLite::Column& column) {
  base::AgentId agent;
  const std::size_t size = std::min(static_cast<std::size_t>(column.getBytes()), agent.bytes.size());
  std::copy_n(static_cast<const std::uint8_t*>(column.getBlob()), size, agent.bytes.begin());
  return agent;
}

Row read_row(SQLite::Statement& statement) {
  Row row;
  row.stream.type = static_cast<std::size_t>(statement.getColumn(1).getInt64());
  row.stream.agent = read_agent(statement.getColumn(2));
  row.stream.epoch = static_cast<std::uint32_t>(statement.getColumn(3).getInt64());
  row.stream.lane = static_cast<record::Lane>(statement.getColumn(4).getInt64());
  row.first_sequence = static_cast<std::uint64_t>(statement.getColumn(5).getInt64());
  row.last_sequence = static_cast<std::uint64_t>(statement.getColumn(6).getInt64());
  row.first_wall = base::WallTime::from_nanoseconds(statement.getColumn(7).getInt64());
  row.last_wall = base::WallTime::from_nanoseconds(statement.getColumn(8).getInt64());
  row.count = static_cast<std::uint64_t>(statement.getColumn(9).getInt64());
  return row;
}

base::Result<std::vector<NamedRecord>> read_records(SQLite::Statement& statement, int payload_column, const Row& row) {
  const SQLite::Column payload = statement.getColumn(payload_column);
  const auto* bytes = static_cast<const std::uint8_t*>(payload.getBlob());
  auto records = codec::decode_batch(base::Bytes(bytes, static_cast<std::size_t>(payload.getBytes())));
  if (!records) return records.error();
  const bool whole = records->size() == row.count &&
                     std::ranges::all_of(*records, [&](const NamedRecord& record) { return belongs(record, row); });
  if (!whole) return base::Error{base::ErrorKind::corrupt, "a row holds other records than it says"};
  return records;
}

}  // namespace holter::store
