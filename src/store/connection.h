// One connection to the database file, and the edge where SQLite's exceptions become values: nothing outside this
// folder sees one. A connection is used by one thread at a time.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "env/files.h"
#include "env/random.h"
#include "store/options.h"
#include "store/vfs.h"

namespace holter::store {

struct Connection {
  std::string path;
  std::shared_ptr<FilesVfs> vfs;  // outlives `database`
  std::shared_ptr<SQLite::Database> database;
};

std::string database_path(const std::string& directory);

base::Error error_of(const SQLite::Exception& exception, const std::string& path, std::string_view doing);

// Runs `work`, which returns a Result, and turns what SQLiteCpp throws into an error that names the file and the deed.
template <class Work>
std::invoke_result_t<Work> guarded(const std::string& path, std::string_view doing, Work work) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return error_of(exception, path, doing);
  }
}

// For the one writer: made when missing, write-ahead log, every commit synced.
base::Result<Connection> connect_writer(env::Files& files, env::Random& random, const Options& options);
// Reads only, beside a writer of this or another process.
base::Result<Connection> connect_reader(const std::string& directory);

std::int64_t pragma(SQLite::Database& database, const char* query);
// Bytes of the write-ahead log's file as it is now.
std::uint64_t log_bytes(SQLite::Database& database);
std::uint64_t database_bytes(SQLite::Database& database);

}  // namespace holter::store
