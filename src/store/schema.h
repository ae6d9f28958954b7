// The tables of docs/formats/store.md and how an older database becomes a current one. The version is SQLite's
// user_version, the file is marked as holter's by application_id.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "env/random.h"
#include "store/connection.h"

namespace holter::store {

inline constexpr std::int64_t kApplicationId = 0x484c5452;  // "HLTR"
inline constexpr std::int64_t kSchemaVersion = 2;

// Who writes this store: drawn once, kept in the database. The epoch says which numbering its own records follow.
struct Identity {
  base::AgentId agent;
  std::uint32_t epoch = 1;
};

// Checks the file's pages, makes or migrates the tables. ErrorKind::corrupt, newer_version, or invalid when the file is
// somebody else's database.
base::Result<void> prepare_schema(Connection& connection);

// Drawn from `random` when the database has none yet.
base::Result<Identity> load_identity(Connection& connection, env::Random& random);
base::Result<void> save_epoch(Connection& connection, std::uint32_t epoch);

}  // namespace holter::store
