// The tail becomes blocks: small rows of a stream are read, joined in order of their numbers and written as few large
// ones, in the transaction that deletes them.
#include <algorithm>

#include "store/pack.h"
#include "store/store.h"

namespace holter::store {

using record::NamedRecord;

struct Store::Sealing {
  std::map<Stream, std::vector<NamedRecord>> records;
  std::vector<Removal> removals;
  Losses losses;
  bool more = false;  // the transaction's limit was reached before the tail's end
};

void Store::collect(const std::set<Stream>& due, Sealing& sealing) {
  SQLite::Statement all(*connection_.database,
                        std::string("SELECT ") + kRowColumns + ", payload FROM tail ORDER BY id");
  std::uint64_t bytes = 0;
  while (all.executeStep()) {
    Row row = read_row(all);
    if (!due.contains(row.stream)) continue;
    bytes += static_cast<std::uint64_t>(all.getColumn(10).getBytes());
    sealing.more = bytes > room_.transaction_bytes() / 2 && !sealing.removals.empty();
    if (sealing.more) return;
    auto records = read_records(all, 10, row);
    if (records) {
      auto& stream = sealing.records[row.stream];
      std::ranges::move(*records, std::back_inserter(stream));
    } else {
      count_loss(row, record::GapCause::disk_fault, sealing.losses);
    }
    sealing.removals.push_back({Table::tail, all.getColumn(0).getInt64(), std::move(row)});
  }
}

base::Result<bool> Store::seal_some(const std::set<Stream>& due) {
  Sealing sealing;
  auto collected = guarded(connection_.path, "read the tail", [&]() -> base::Result<void> {
    collect(due, sealing);
    return {};
  });
  if (!collected) return collected.error();
  if (sealing.removals.empty()) return false;
  Change change;
  change.removals = std::move(sealing.removals);
  for (auto& [stream, records] : sealing.records) {
    std::vector<Row> blocks = pack(codec::pointers_to(records), options_.seal_count);
    std::ranges::move(blocks, std::back_inserter(change.blocks));
  }
  if (auto done = apply_with_gaps("seal records", std::move(change), sealing.losses); !done) return done.error();
  return sealing.more;
}

}  // namespace holter::store
