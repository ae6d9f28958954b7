// Keeping the budget: the oldest rows go, lane by lane from the least valuable (packets, flows, results, incidents),
// and a Gap record in the same transaction says what is gone. A Gap carries no agent; for other agents' records its
// `where` names the one they came from. The oldest row is the one that came first, by its number, not by what its
// records say of the time: a wall clock that was set back, here or on an agent, must not make the newest the oldest.
#include <algorithm>

#include "store/pack.h"
#include "store/store.h"

namespace holter::store {
namespace {

constexpr std::size_t kMaxRowsAtOnce = 4'096;
constexpr std::size_t kMaxGapsKept = 1'024;  // for maintain() to return; they are stored in any case

}  // namespace

void Store::count_loss(const Row& row, record::GapCause cause, Losses& losses) const {
  const LaneOfAgent lane{row.stream.agent, row.stream.epoch, row.stream.lane};
  const auto [found, fresh] = losses.try_emplace(lane);
  record::Gap& gap = found->second;
  if (fresh) {
    gap.cause = cause;
    gap.lane = lane.lane;
    gap.epoch = lane.epoch;
    gap.first = row.first_sequence;
    gap.from = row.first_wall;
    gap.to = row.last_wall;
    gap.where = lane.agent == identity_.agent ? "store" : "store, records of agent " + base::to_string(lane.agent);
  }
  gap.first = std::min(gap.first, row.first_sequence);
  gap.last = std::max(gap.last, row.last_sequence);
  gap.count += row.count;
  gap.from = std::min(gap.from, row.first_wall);
  gap.to = std::max(gap.to, row.last_wall);
}

base::Result<void> Store::apply_with_gaps(std::string_view doing, Change change, const Losses& losses) {
  std::vector<record::Record> gaps;
  for (const auto& [lane, gap] : losses) gaps.emplace_back(gap);
  const std::vector<record::NamedRecord> named = name_own(gaps);
  for (const record::NamedRecord& gap : named) received_.classify(gap, identity_.agent, change.additions);
  std::ranges::move(pack(codec::pointers_to(named), options_.seal_count), std::back_inserter(change.tail_rows));
  if (auto done = apply(doing, std::move(change)); !done) return done;
  const std::size_t kept = std::min(named.size(), kMaxGapsKept - std::min(kMaxGapsKept, unreported_gaps_.size()));
  unreported_gaps_.insert(unreported_gaps_.end(), named.begin(), named.begin() + static_cast<std::ptrdiff_t>(kept));
  return {};
}

std::uint64_t Store::pick_oldest(record::Lane lane, Table table, std::uint64_t bytes, std::vector<Removal>& picked) {
  const std::string name = table == Table::tail ? "tail" : "blocks";
  SQLite::Statement oldest(*connection_.database, std::string("SELECT ") + kRowColumns + ", length(payload) FROM " +
                                                      name + " WHERE lane=? ORDER BY id");
  oldest.bind(1, static_cast<std::int64_t>(lane));
  std::uint64_t freed = 0;
  while (freed < bytes && picked.size() < kMaxRowsAtOnce && oldest.executeStep()) {
    freed += static_cast<std::uint64_t>(oldest.getColumn(10).getInt64());
    picked.push_back({table, oldest.getColumn(0).getInt64(), read_row(oldest)});
  }
  return freed;
}

base::Result<bool> Store::remove_oldest(std::uint64_t bytes) {
  Change change;
  auto found = guarded(connection_.path, "look for the oldest records", [&]() -> base::Result<void> {
    std::uint64_t freed = 0;
    for (std::size_t lane = record::kLaneCount; lane-- > 0;) {
      for (const Table table : {Table::blocks, Table::tail}) {
        if (freed >= bytes) return {};
        freed += pick_oldest(static_cast<record::Lane>(lane), table, bytes - freed, change.removals);
      }
    }
    return {};
  });
  if (!found) return found.error();
  if (change.removals.empty()) return false;
  Losses losses;
  for (const Removal& removal : change.removals) count_loss(removal.row, record::GapCause::budget, losses);
  if (auto done = apply_with_gaps("keep the budget", std::move(change), losses); !done) return done.error();
  return true;
}

base::Result<bool> Store::make_room(std::uint64_t bytes) {
  bool removed = false;
  std::int64_t before = 0;
  for (;;) {
    auto free = guarded(connection_.path, "measure the store",
                        [&]() -> base::Result<std::int64_t> { return room_.free_bytes(); });
    if (!free) return free.error();
    const auto missing = static_cast<std::int64_t>(removed ? bytes + room_.reserve_bytes() / 2 : bytes) - *free;
    if (missing <= 0) return removed;
    if (removed && *free <= before) {
      return base::Error{base::ErrorKind::full, connection_.path + " is at its budget of " +
                                                    std::to_string(options_.budget_bytes) + " bytes: raise it"};
    }
    before = *free;
    const auto gone = remove_oldest(static_cast<std::uint64_t>(missing) + room_.reserve_bytes() / 2);
    if (!gone) return gone.error();
    if (!*gone) return removed;
    removed = true;
  }
}

}  // namespace holter::store
