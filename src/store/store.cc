#include "store/store.h"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>

#include "env/files.h"
#include "store/pack.h"

namespace holter::store {
namespace {

using record::NamedRecord;

constexpr std::uint64_t kRowOverhead = 8 * 1024;  // a row's last page and its places in the indexes, generously

std::uint64_t payload_bytes(const std::vector<Row>& rows) {
  std::uint64_t bytes = 0;
  for (const Row& row : rows) bytes += row.payload.size() + kRowOverhead;
  return bytes;
}

std::string stamp(base::WallTime now) {
  std::string text = base::to_string(now);
  std::erase_if(text, [](char c) { return c == ':' || c == '.' || c == '-'; });
  return text;
}

// The log goes with its database: a new database must not find an old log.
base::Result<std::string> move_aside(env::Files& files, const std::string& directory, base::WallTime now) {
  const std::string path = database_path(directory);
  const std::string aside = path + ".damaged-" + stamp(now);
  if (auto moved = files.rename(path, aside); !moved) return moved.error();
  for (const std::string_view part : {"-wal", "-shm", "-journal"}) {
    const auto moved = files.rename(path + std::string(part), aside + std::string(part));
    if (!moved && moved.error().kind != base::ErrorKind::not_found) return moved.error();
  }
  if (auto synced = files.sync_directory(directory); !synced) return synced.error();
  return aside;
}

// SQLite would make the file readable for all and gives its log the same mode: env::Files makes it 0600 first. A file
// that is there is not opened, because closing it again would drop the locks of this process's other connections.
base::Result<void> make_private(env::Files& files, const std::string& path) {
  const auto made = files.open(path, env::OpenMode::create_new);
  if (made || made.error().kind == base::ErrorKind::exists) return {};
  return made.error();
}

}  // namespace

Store::Store(Connection connection, Options options, Identity identity)
    : connection_(std::move(connection)),
      options_(std::move(options)),
      identity_(identity),
      room_(*connection_.database, options_.budget_bytes) {}

base::Result<std::unique_ptr<Store>> Store::open(env::Files& files, env::Random& random, Options options,
                                                 base::WallTime now) {
  if (options.budget_bytes < kMinBudgetBytes || options.seal_count == 0 ||
      options.seal_count > codec::kMaxBatchRecords) {
    return base::Error{base::ErrorKind::invalid, "the store's budget must be at least " +
                                                     std::to_string(kMinBudgetBytes) + " bytes and a block 1 to " +
                                                     std::to_string(codec::kMaxBatchRecords) + " records"};
  }
  if (auto made = files.make_directories(options.directory); !made) return made.error();
  auto store = open_once(files, random, options);
  const bool damaged = !store && store.error().kind == base::ErrorKind::corrupt;
  if (!damaged || options.on_damage == OnDamage::refuse) return store;
  auto aside = move_aside(files, options.directory, now);
  if (!aside) return aside.error();
  store = open_once(files, random, options);
  if (store) (*store)->moved_aside_ = *aside;
  return store;
}

base::Result<std::unique_ptr<Store>> Store::open_once(env::Files& files, env::Random& random, const Options& options) {
  if (auto made = make_private(files, database_path(options.directory)); !made) return made.error();
  auto connection = connect_writer(files, random, options);
  if (!connection) return connection.error();
  if (auto ready = prepare_schema(*connection); !ready) return ready.error();
  auto identity = load_identity(*connection, random);
  if (!identity) return identity.error();
  if (auto synced = files.sync_directory(options.directory); !synced) return synced.error();
  const std::string path = connection->path;
  return guarded(path, "load the store", [&]() -> base::Result<std::unique_ptr<Store>> {
    std::unique_ptr<Store> store(new Store(std::move(*connection), options, *identity));
    if (auto loaded = store->load(); !loaded) return loaded.error();
    return store;
  });
}

// What the tail holds counts as received, though the table may not say so yet.
base::Result<void> Store::load() {
  SQLite::Database& database = *connection_.database;
  if (auto loaded = received_.load(database); !loaded) return loaded;
  Additions additions;
  SQLite::Statement all(database, std::string("SELECT ") + kRowColumns + ", payload FROM tail");
  while (all.executeStep()) {
    const Row row = read_row(all);
    tail_.added(row);
    const auto records = read_records(all, 10, row);
    if (!records) {
      ++damaged_rows_;  // sealing names it as lost
      continue;
    }
    for (const NamedRecord& record : *records) received_.classify(record, identity_.agent, additions);
  }
  received_.adopt(std::move(additions));
  return {};
}

base::Result<void> Store::apply(std::string_view doing, Change change) {
  const std::uint64_t bytes = payload_bytes(change.tail_rows) + payload_bytes(change.blocks);
  const bool leaves_tail = !change.removals.empty() || !change.blocks.empty();
  auto done = guarded(connection_.path, doing, [&]() -> base::Result<void> {
    if (auto ready = room_.prepare_log(bytes); !ready) return ready;
    SQLite::Database& database = *connection_.database;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (const Removal& removal : change.removals) delete_row(database, removal.table, removal.id);
    for (const Row& row : change.tail_rows) insert_row(database, Table::tail, row);
    for (const Row& row : change.blocks) insert_row(database, Table::blocks, row);
    if (leaves_tail) received_.save(database, change.additions);
    transaction.commit();
    return {};
  });
  if (!done) return done;
  received_.adopt(std::move(change.additions));
  if (leaves_tail) received_.saved();
  for (const Removal& removal : change.removals) {
    if (removal.table == Table::tail) tail_.removed(removal.row);
  }
  for (const Row& row : change.tail_rows) tail_.added(row);
  return {};
}

base::Result<AppendOutcome> Store::append(std::span<const NamedRecord> records) {
  for (;;) {
    const auto outcome = try_append(records);
    if (!outcome) return outcome.error();
    if (*outcome) return **outcome;
  }
}

base::Result<std::vector<NamedRecord>> Store::append_own(std::span<const record::Record> records) {
  for (;;) {
    std::vector<NamedRecord> named = name_own(records);
    const auto outcome = try_append(named);
    if (!outcome) return outcome.error();
    if (*outcome) return named;
  }
}

// Empty when room had to be made first: the Gap records of that took numbers, so the caller begins again.
base::Result<std::optional<AppendOutcome>> Store::try_append(std::span<const NamedRecord> records) {
  AppendOutcome outcome;
  Change change;
  std::vector<const NamedRecord*> fresh;
  fresh.reserve(records.size());
  for (const NamedRecord& record : records) {
    const Novelty novelty = received_.classify(record, identity_.agent, change.additions);
    if (novelty == Novelty::fresh) fresh.push_back(&record);
    outcome.duplicates += novelty == Novelty::duplicate ? 1 : 0;
    outcome.refused += novelty == Novelty::refused ? 1 : 0;
  }
  outcome.stored = fresh.size();
  if (fresh.empty()) return outcome;
  // A row that is more than half a block is not worth passing through the tail.
  for (Row& row : pack(std::move(fresh), options_.seal_count)) {
    auto& rows = row.count * 2 > options_.seal_count ? change.blocks : change.tail_rows;
    rows.push_back(std::move(row));
  }
  const std::uint64_t bytes = payload_bytes(change.tail_rows) + payload_bytes(change.blocks);
  if (bytes > room_.transaction_bytes()) {
    return base::Error{base::ErrorKind::too_large, connection_.path + ": " + std::to_string(bytes) +
                                                       " bytes in one append, the limit is " +
                                                       std::to_string(room_.transaction_bytes())};
  }
  const auto made = make_room(bytes);
  if (!made) return made.error();
  if (*made) return std::optional<AppendOutcome>();
  if (auto done = apply("append records", std::move(change)); !done) return done.error();
  return outcome;
}

std::vector<NamedRecord> Store::name_own(std::span<const record::Record> records) const {
  std::map<record::Lane, std::uint64_t> next;
  std::vector<NamedRecord> named;
  named.reserve(records.size());
  for (const record::Record& body : records) {
    const record::Lane lane = record::lane_of(body);
    auto number = next.find(lane);
    if (number == next.end()) {
      const LaneOfAgent own{identity_.agent, identity_.epoch, lane};
      number = next.emplace(lane, received_.next_sequence(own)).first;
    }
    named.emplace_back(record::RecordId{identity_.agent, identity_.epoch, lane, number->second++}, body);
  }
  return named;
}

base::Result<std::vector<NamedRecord>> Store::maintain(base::WallTime now) {
  const auto due = tail_.due(now, options_.seal_count, options_.seal_age);
  for (bool more = !due.empty(); more;) {
    const auto sealed = seal_some(due);
    if (!sealed) return sealed.error();
    more = *sealed;
  }
  if (auto made = make_room(room_.reserve_bytes()); !made) return made.error();
  auto done = guarded(connection_.path, "tidy the store", [&]() -> base::Result<void> {
    if (auto shrunk = room_.shrink(); !shrunk) return shrunk;
    return room_.prepare_log(0);
  });
  if (!done && done.error().kind != base::ErrorKind::busy) return done.error();
  return std::exchange(unreported_gaps_, {});
}

const base::RangeSet& Store::received(const base::AgentId& agent, std::uint32_t epoch, record::Lane lane) const {
  return received_.of({agent, epoch, lane});
}

base::Result<std::uint32_t> Store::next_epoch() {
  const std::uint32_t epoch = identity_.epoch + 1;
  if (auto saved = save_epoch(connection_, epoch); !saved) return saved.error();
  identity_.epoch = epoch;
  return epoch;
}

base::Result<void> Store::note_agent(const base::AgentId& agent, const base::UntrustedText& name, base::WallTime seen) {
  return guarded(connection_.path, "note an agent", [&]() -> base::Result<void> {
    SQLite::Statement put(*connection_.database, "INSERT OR REPLACE INTO agents VALUES (?, ?, ?)");
    put.bind(1, agent.bytes.data(), static_cast<int>(agent.bytes.size()));
    put.bind(2, name.raw());
    put.bind(3, seen.in_nanoseconds());
    put.exec();
    return {};
  });
}

}  // namespace holter::store
