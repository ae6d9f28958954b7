#include "store/schema.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <array>

namespace holter::store {
namespace {

// Step n makes version n+1 of version n; version 0 is an empty file.
constexpr std::array<const char*, kSchemaVersion> kSteps{R"sql(
  CREATE TABLE meta(name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
  CREATE TABLE agents(agent BLOB PRIMARY KEY, name TEXT NOT NULL, last_seen_ns INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE received(agent BLOB NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL, ranges BLOB NOT NULL,
                        PRIMARY KEY(agent, epoch, lane)) WITHOUT ROWID;
  CREATE TABLE tail(id INTEGER PRIMARY KEY, type INTEGER NOT NULL, agent BLOB NOT NULL, epoch INTEGER NOT NULL,
                    lane INTEGER NOT NULL, first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
                    first_wall_ns INTEGER NOT NULL, last_wall_ns INTEGER NOT NULL, count INTEGER NOT NULL,
                    payload BLOB NOT NULL);
  CREATE TABLE blocks(id INTEGER PRIMARY KEY, type INTEGER NOT NULL, agent BLOB NOT NULL, epoch INTEGER NOT NULL,
                      lane INTEGER NOT NULL, first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
                      first_wall_ns INTEGER NOT NULL, last_wall_ns INTEGER NOT NULL, count INTEGER NOT NULL,
                      payload BLOB NOT NULL);
  CREATE INDEX blocks_by_end ON blocks(type, last_wall_ns, count);
  CREATE INDEX blocks_by_begin ON blocks(type, first_wall_ns);
  CREATE INDEX blocks_by_lane ON blocks(lane, last_wall_ns);
)sql",
                                                         // Within a lane an index is in order of the row number.
                                                         R"sql(
  DROP INDEX blocks_by_lane;
  CREATE INDEX blocks_by_lane ON blocks(lane);
)sql"};

base::Error damaged(const Connection& connection, const std::string& what) {
  return base::Error{base::ErrorKind::corrupt, connection.path + " is damaged (" + what +
                                                   "): move it and its -wal aside (holter does so when told to) and "
                                                   "start again"};
}

base::Result<void> check_pages(Connection& connection) {
  const std::string said = connection.database->execAndGet("PRAGMA quick_check(1)").getString();
  if (said != "ok") return damaged(connection, said);
  return {};
}

// The names of its tables, indexes and columns, whatever the words that made them.
std::string names_in(SQLite::Database& database) {
  SQLite::Statement names(database, R"sql(
    SELECT group_concat(name) FROM (
      SELECT m.name || '.' || p.name AS name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'
      UNION SELECT m.name || '(' || p.name FROM sqlite_master m, pragma_index_info(m.name) p WHERE m.type = 'index'
      ORDER BY 1))sql");
  return names.executeStep() ? names.getColumn(0).getString() : std::string();
}

// A name that a damaged byte made another is no damage to SQLite.
base::Result<void> check_tables(Connection& connection) {
  SQLite::Database sound(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  for (const char* step : kSteps) sound.exec(step);
  if (names_in(*connection.database) == names_in(sound)) return {};
  return damaged(connection, "its tables are not holter's");
}

base::Result<void> check_owner(Connection& connection, std::int64_t version) {
  SQLite::Database& database = *connection.database;
  if (version > kSchemaVersion) {
    return base::Error{base::ErrorKind::newer_version, connection.path + " was written by a later holter (schema " +
                                                           std::to_string(version) + ", this one knows " +
                                                           std::to_string(kSchemaVersion) +
                                                           "): run that one, or use another --data"};
  }
  const bool empty = pragma(database, "SELECT count(*) FROM sqlite_master") == 0;
  if (!empty && pragma(database, "PRAGMA application_id") != kApplicationId) {
    return base::Error{base::ErrorKind::invalid,
                       connection.path + " is a database of another program: use another --data"};
  }
  return {};
}

}  // namespace

base::Result<void> prepare_schema(Connection& connection) {
  return guarded(connection.path, "check the store", [&]() -> base::Result<void> {
    SQLite::Database& database = *connection.database;
    const std::int64_t version = pragma(database, "PRAGMA user_version");
    if (auto owned = check_owner(connection, version); !owned) return owned;
    if (auto sound = check_pages(connection); !sound) return sound;
    if (version < 0) return damaged(connection, "schema version " + std::to_string(version));
    for (std::int64_t step = version; step < kSchemaVersion; ++step) {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      database.exec(kSteps[static_cast<std::size_t>(step)]);
      database.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
      database.exec("PRAGMA user_version=" + std::to_string(step + 1));
      transaction.commit();
    }
    return check_tables(connection);
  });
}

base::Result<Identity> load_identity(Connection& connection, env::Random& random) {
  return guarded(connection.path, "read the store's identity", [&]() -> base::Result<Identity> {
    Identity identity;
    SQLite::Statement find(*connection.database,
                           "SELECT value, (SELECT value FROM meta WHERE name='epoch') "
                           "FROM meta WHERE name='agent'");
    if (find.executeStep()) {
      const SQLite::Column agent = find.getColumn(0);
      const std::int64_t epoch = find.getColumn(1).getInt64();
      if (agent.getBytes() != 16 || epoch < 1 || epoch > 0xffff'ffff) return damaged(connection, "no valid identity");
      const auto* bytes = static_cast<const std::uint8_t*>(agent.getBlob());
      std::copy(bytes, bytes + 16, identity.agent.bytes.begin());
      identity.epoch = static_cast<std::uint32_t>(epoch);
      return identity;
    }
    random.fill(identity.agent.bytes);
    SQLite::Statement keep(*connection.database, "INSERT INTO meta VALUES ('agent', ?), ('epoch', ?)");
    keep.bind(1, identity.agent.bytes.data(), 16);
    keep.bind(2, static_cast<std::int64_t>(identity.epoch));
    keep.exec();
    return identity;
  });
}

base::Result<void> save_epoch(Connection& connection, std::uint32_t epoch) {
  return guarded(connection.path, "begin a new epoch", [&]() -> base::Result<void> {
    SQLite::Statement keep(*connection.database, "UPDATE meta SET value=? WHERE name='epoch'");
    keep.bind(1, static_cast<std::int64_t>(epoch));
    keep.exec();
    return {};
  });
}

}  // namespace holter::store
