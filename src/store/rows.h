// Rows of the tables tail and blocks: the same shape, a batch of one stream's records (codec::encode_batch) under an
// index of numbers and times. Functions here run inside guarded(): they may throw SQLite::Exception.
#pragma once

#include <SQLiteCpp/Statement.h>

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "codec/batch.h"
#include "record/record.h"

namespace holter::store {

// What may share a batch.
struct Stream {
  std::size_t type = 0;
  base::AgentId agent;
  std::uint32_t epoch = 0;
  record::Lane lane = record::Lane::results;

  friend auto operator<=>(const Stream&, const Stream&) = default;
};

Stream stream_of(const record::NamedRecord& record);

struct Row {
  Stream stream;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;  // not every number between belongs to it: types share a lane's numbers
  base::WallTime first_wall;        // earliest and latest time_of its records
  base::WallTime last_wall;
  std::uint64_t count = 0;
  std::vector<std::uint8_t> payload;
};

enum class Table : std::uint8_t { tail, blocks };

void insert_row(SQLite::Database& database, Table table, const Row& row);
void delete_row(SQLite::Database& database, Table table, std::int64_t id);

// For `SELECT id, type, agent, epoch, lane, first_sequence, last_sequence, first_wall_ns, last_wall_ns, count`.
inline constexpr const char* kRowColumns =
    "id, type, agent, epoch, lane, first_sequence, last_sequence, first_wall_ns, last_wall_ns, count";
Row read_row(SQLite::Statement& statement);
// The records of a row whose payload is that column; ErrorKind::corrupt also when they are not what the row says.
base::Result<std::vector<record::NamedRecord>> read_records(SQLite::Statement& statement, int payload_column,
                                                            const Row& row);

base::AgentId read_agent(const SQLite::Column& column);

}  // namespace holter::store
