// Room divides the budget so that the directory never outgrows it: the database file may have so many pages, the
// write-ahead log so many bytes, one transaction so many. The log is emptied into the database (checkpoint) before it
// could outgrow its share; a reader that holds the log open for longer makes writing wait (ErrorKind::busy) instead.
//
//   budget = database pages + log (checkpoint_at + one transaction) + 1 MiB for the log's index and rounding
//
// Functions here run inside guarded(): they may throw SQLite::Exception. One thread.
#pragma once

#include <cstdint>

#include "store/connection.h"

namespace holter::store {

class Room {
 public:
  Room(SQLite::Database& database, std::uint64_t budget_bytes);

  // Payload of one transaction.
  std::uint64_t transaction_bytes() const { return transaction_bytes_; }
  // Kept free ahead, so that an append seldom has to remove something first.
  std::uint64_t reserve_bytes() const { return transaction_bytes_ / 2; }
  // Bytes that can still be added before something must go; negative when the budget was lowered.
  std::int64_t free_bytes() const;
  // Makes the log small enough for a transaction of so many bytes more.
  base::Result<void> prepare_log(std::uint64_t bytes);
  // Gives free pages back to the disk when the database is larger than its share.
  base::Result<void> shrink();
  // What the disk holds of this store, the log's index included.
  std::uint64_t size_bytes() const;

 private:
  void checkpoint();
  void limit_pages();

  SQLite::Database& database_;
  std::uint64_t transaction_bytes_;
  std::uint64_t checkpoint_at_;
  std::uint64_t log_limit_;
  std::int64_t page_bytes_;
  std::int64_t pages_;
};

}  // namespace holter::store
