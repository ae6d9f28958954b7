// Store is the hub's memory (docs/formats/store.md): records come in by append() and are durable when it returns, each
// exactly once by its id; maintain() seals the tail into blocks and keeps the byte budget. Readers (reader.h) see a
// record as soon as it is appended.
//
// All calls block on the disk: make them through one env::Offload, one at a time (Writer does). A full disk is
// ErrorKind::full and changes nothing; the same call succeeds once there is room again. One process has the directory:
// app holds its lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "store/reader.h"
#include "store/received.h"
#include "store/room.h"
#include "store/rows.h"
#include "store/schema.h"
#include "store/tail.h"

namespace holter::store {

struct AppendOutcome {
  std::uint64_t stored = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;  // not stored: the lane has too many holes; to be sent again

  friend bool operator==(const AppendOutcome&, const AppendOutcome&) = default;
};

class Store {
 public:
  // Makes the directory and the database when missing. `now` names damaged files that are moved aside.
  static base::Result<std::unique_ptr<Store>> open(env::Files& files, env::Random& random, Options options,
                                                   base::WallTime now);

  // One transaction. What was stored before, or is there twice, is skipped and counted.
  base::Result<AppendOutcome> append(std::span<const record::NamedRecord> records);
  // The same for records of this host, which get the next numbers of their lanes; returned by these names.
  base::Result<std::vector<record::NamedRecord>> append_own(std::span<const record::Record> records);

  // Seals what is due and removes the oldest blocks (packets first, then flows, results, incidents) until there is
  // room. Returns the Gap records that name what was removed since the last call; they are stored already.
  base::Result<std::vector<record::NamedRecord>> maintain(base::WallTime now);

  // Everything ever taken of a lane, or of an agent's lanes; what acks are made of.
  const base::RangeSet& received(const base::AgentId& agent, std::uint32_t epoch, record::Lane lane) const;
  std::map<LaneOfAgent, base::RangeSet> received(const base::AgentId& agent) const { return received_.of(agent); }

  // What was received up to now of a lane class.
  Fence fence(record::Lane lane) const { return received_.fence(lane); }

  const Identity& own_identity() const { return identity_; }
  // Numbers of own records begin at 1 again, in a new epoch.
  base::Result<std::uint32_t> next_epoch();

  base::Result<void> note_agent(const base::AgentId& agent, const base::UntrustedText& name, base::WallTime seen);

  // Shares this store's connection and thread; with Disk::env_files it is the only way to read.
  Reader reader() const { return Reader(connection_); }
  std::uint64_t size_bytes() const { return room_.size_bytes(); }
  // Where damaged files were moved by open(); empty when there were none.
  const std::string& moved_aside() const { return moved_aside_; }
  // Of the newest records (the tail), those that open() could not read; a Gap names what they held once it is sealed.
  std::uint64_t damaged_rows() const { return damaged_rows_; }

 private:
  struct Removal {
    Table table = Table::tail;
    std::int64_t id = 0;
    Row row;  // without payload
  };
  // All that one transaction does.
  struct Change {
    std::vector<Removal> removals;
    std::vector<Row> tail_rows;
    std::vector<Row> blocks;
    Additions additions;
  };
  using Losses = std::map<LaneOfAgent, record::Gap>;
  struct Sealing;

  Store(Connection connection, Options options, Identity identity);

  static base::Result<std::unique_ptr<Store>> open_once(env::Files& files, env::Random& random, const Options& options);
  base::Result<void> load();
  base::Result<void> apply(std::string_view doing, Change change);
  base::Result<std::optional<AppendOutcome>> try_append(std::span<const record::NamedRecord> records);
  std::vector<record::NamedRecord> name_own(std::span<const record::Record> records) const;
  void count_loss(const Row& row, record::GapCause cause, Losses& losses) const;
  // Adds Gap records for `losses` to `change` and applies it.
  base::Result<void> apply_with_gaps(std::string_view doing, Change change, const Losses& losses);

  // True when there is more to do.
  base::Result<bool> seal_some(const std::set<Stream>& due);
  void collect(const std::set<Stream>& due, Sealing& sealing);

  // True when something was removed for it.
  base::Result<bool> make_room(std::uint64_t bytes);
  base::Result<bool> remove_oldest(std::uint64_t bytes);
  // Bytes of what was picked.
  std::uint64_t pick_oldest(record::Lane lane, Table table, std::uint64_t bytes, std::vector<Removal>& picked);

  Connection connection_;
  Options options_;
  Identity identity_;
  Room room_;
  Received received_;
  Tail tail_;
  std::vector<record::NamedRecord> unreported_gaps_;
  std::string moved_aside_;
  std::uint64_t damaged_rows_ = 0;
};

}  // namespace holter::store
