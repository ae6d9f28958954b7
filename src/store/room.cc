#include "store/room.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>

namespace holter::store {
namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kMinTransactionBytes = 5 * kMebibyte;  // more than one encoded batch
constexpr std::uint64_t kIndexBytes = kMebibyte;
constexpr std::uint64_t kPagesPerShrink = 512;

// A payload takes whole pages and its row's place in four trees.
std::uint64_t as_pages(std::uint64_t bytes) { return bytes + bytes / 4 + kMebibyte / 2; }

}  // namespace

Room::Room(SQLite::Database& database, std::uint64_t budget_bytes)
    : database_(database),
      transaction_bytes_(std::max(kMinTransactionBytes, budget_bytes / 16)),
      checkpoint_at_(std::max(kMebibyte, budget_bytes / 32)),
      log_limit_(checkpoint_at_ + as_pages(transaction_bytes_)),
      page_bytes_(pragma(database, "PRAGMA page_size")),
      pages_(static_cast<std::int64_t>(budget_bytes - log_limit_ - kIndexBytes) / page_bytes_) {
  database_.exec("PRAGMA journal_size_limit=" + std::to_string(checkpoint_at_));
  limit_pages();
}

void Room::limit_pages() {
  const std::string query = "PRAGMA max_page_count=" + std::to_string(pages_);
  pragma(database_, query.c_str());
}

std::int64_t Room::free_bytes() const {
  const std::int64_t used = pragma(database_, "PRAGMA page_count") - pragma(database_, "PRAGMA freelist_count");
  return (pages_ - used) * page_bytes_;
}

std::uint64_t Room::size_bytes() const { return database_bytes(database_) + log_bytes(database_); }

void Room::checkpoint() {
  SQLite::Statement run(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
  run.executeStep();
}

base::Result<void> Room::prepare_log(std::uint64_t bytes) {
  const std::uint64_t before = log_bytes(database_);
  if (before <= checkpoint_at_ && before + as_pages(bytes) <= log_limit_) return {};
  checkpoint();
  if (log_bytes(database_) + as_pages(bytes) <= log_limit_) return {};
  return base::Error{base::ErrorKind::busy, "a reader holds the store's log, which is at its limit of " +
                                                std::to_string(log_limit_) + " bytes: end long queries"};
}

base::Result<void> Room::shrink() {
  bool any = false;
  while (pragma(database_, "PRAGMA page_count") > pages_ && pragma(database_, "PRAGMA freelist_count") > 0) {
    if (auto ready = prepare_log(kPagesPerShrink * static_cast<std::uint64_t>(page_bytes_)); !ready) return ready;
    SQLite::Statement vacuum(database_, "PRAGMA incremental_vacuum(" + std::to_string(kPagesPerShrink) + ")");
    while (vacuum.executeStep()) {
    }
    any = true;
  }
  if (any) checkpoint();
  limit_pages();
  return {};
}

}  // namespace holter::store
