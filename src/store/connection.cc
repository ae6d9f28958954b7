#include "store/connection.h"

#include <sqlite3.h>

namespace holter::store {
namespace {

constexpr int kBusyMilliseconds = 2'000;

base::ErrorKind kind_of(int primary_code) {
  switch (primary_code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    // holter's own statements are right: one that this file does not understand is asked of tables that are not
    // holter's any more ("no such column").
    case SQLITE_ERROR:
    case SQLITE_MISMATCH: return base::ErrorKind::corrupt;
    case SQLITE_FULL: return base::ErrorKind::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return base::ErrorKind::busy;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: return base::ErrorKind::permission;
    case SQLITE_CANTOPEN: return base::ErrorKind::not_found;
    case SQLITE_TOOBIG: return base::ErrorKind::too_large;
    default: return base::ErrorKind::io;
  }
}

std::string_view advice(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::corrupt:
      return "; the file is damaged: move it and its -wal aside (holter does so when told to) and start again";
    case base::ErrorKind::full: return "; make room on that disk, holter goes on by itself";
    case base::ErrorKind::busy: return "; another program has it open";
    case base::ErrorKind::permission: return "; check the owner and mode of the data directory";
    case base::ErrorKind::not_found:
      return "; check that the data directory and the files in it belong to the user that holter runs as";
    default: return "";
  }
}

// SECURE_DELETE is compiled into Debian's SQLite and would write every freed page once more: FAST zeroes only what is
// written anyway. Checkpoints are holter's own (room.cc), so that the budget is kept at all times.
void configure_writer(SQLite::Database& database, Disk disk) {
  if (disk == Disk::env_files) database.exec("PRAGMA locking_mode=EXCLUSIVE");
  database.exec("PRAGMA auto_vacuum=INCREMENTAL");
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("PRAGMA wal_autocheckpoint=0");
  database.exec("PRAGMA secure_delete=FAST");
  database.exec("PRAGMA temp_store=MEMORY");
  database.exec("PRAGMA mmap_size=0");
  database.exec("PRAGMA trusted_schema=OFF");
}

}  // namespace

std::string database_path(const std::string& directory) { return directory + "/holter.db"; }

base::Error error_of(const SQLite::Exception& exception, const std::string& path, std::string_view doing) {
  const base::ErrorKind kind = kind_of(exception.getErrorCode() & 0xff);
  std::string message = path + ": cannot " + std::string(doing) + ": " + exception.what();
  message += advice(kind);
  return base::Error{kind, std::move(message)};
}

base::Result<Connection> connect_writer(env::Files& files, env::Random& random, const Options& options) {
  Connection connection;
  connection.path = database_path(options.directory);
  if (options.disk == Disk::env_files) connection.vfs = std::make_shared<FilesVfs>(files, random);
  const std::string vfs = connection.vfs ? connection.vfs->name() : "";
  return guarded(connection.path, "open the file", [&]() -> base::Result<Connection> {
    connection.database = std::make_shared<SQLite::Database>(
        connection.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMilliseconds, vfs);
    configure_writer(*connection.database, options.disk);
    return std::move(connection);
  });
}

base::Result<Connection> connect_reader(const std::string& directory) {
  Connection connection;
  connection.path = database_path(directory);
  return guarded(connection.path, "open the store for reading", [&]() -> base::Result<Connection> {
    connection.database = std::make_shared<SQLite::Database>(connection.path, SQLite::OPEN_READONLY, kBusyMilliseconds);
    connection.database->exec("PRAGMA temp_store=MEMORY");
    connection.database->exec("PRAGMA trusted_schema=OFF");
    return std::move(connection);
  });
}

std::int64_t pragma(SQLite::Database& database, const char* query) { return database.execAndGet(query).getInt64(); }

// Asked of SQLite's own open file: opening the database a second time and closing it would drop this process's POSIX
// locks on it.
std::uint64_t log_bytes(SQLite::Database& database) {
  sqlite3_file* log = nullptr;
  const int found = sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (found != SQLITE_OK || log == nullptr || log->pMethods == nullptr) return 0;
  sqlite3_int64 size = 0;
  if (log->pMethods->xFileSize(log, &size) != SQLITE_OK) return 0;
  return static_cast<std::uint64_t>(size);
}

std::uint64_t database_bytes(SQLite::Database& database) {
  return static_cast<std::uint64_t>(pragma(database, "PRAGMA page_count") * pragma(database, "PRAGMA page_size"));
}

}  // namespace holter::store
