// Spool is the agent's durable queue: what append() has accepted survives crashes and power loss, keeps its name for
// ever, and leaves only when a hub has it or a Gap record says that it is gone (docs/formats/spool.md).
//
//   append()       names the records, writes them, one sync a lane for all of them; durable when it returns
//   next()         what is to be sent of a lane, from a position on
//   acknowledge()  the hub has these; maintain() remembers it and removes whole chunks
//
// Bounded by bytes and batches: when full, whole chunks are shed by lane (packets, flows, results; incidents never) and
// named by a Gap. Blocks on the disk: call it through one env::Offload, one call at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/outbox.h"
#include "env/files.h"
#include "record/record.h"
#include "spool/chunk_writer.h"
#include "spool/index.h"
#include "spool/state.h"

namespace holter::spool {

inline constexpr std::size_t kMaxBatches = 250'000;
inline constexpr std::size_t kMaxPendingGaps = 4'096;
inline constexpr std::size_t kMaxHolesNamed = 4'096;  // by one recovery; more are joined into the last

struct Options {
  std::string directory;
  base::AgentId agent;
  std::uint64_t max_bytes = 256 * 1024 * 1024;
  std::uint64_t chunk_bytes = 4 * 1024 * 1024;
};

struct Appended {
  std::vector<record::RecordId> ids;  // one for each record, in their order
  std::uint64_t shed = 0;             // records, old or new, that had to go for want of room
  bool condemned = false;             // a chunk was given up after a disk error, its records were written elsewhere
};

// What open() found.
struct Found {
  std::uint64_t records = 0;        // not yet settled
  std::uint64_t damaged_bytes = 0;  // stepped over
  std::uint64_t named_lost = 0;     // records named by gaps of cause disk_fault
  bool new_epoch = false;           // a fresh spool, or one whose state was lost
};

class Spool final : public codec::Outbox {
 public:
  // `now` names a new generation and stamps the gaps of what was damaged.
  static base::Result<std::unique_ptr<Spool>> open(env::Files& files, Options options, base::WallTime now);

  // On an error some lanes may have been written; what was not is named by a Gap as soon as the disk lets it. Do not
  // append the same records again.
  base::Result<Appended> append(std::vector<record::Record> records, base::WallTime now);

  base::Result<std::vector<codec::StoredBatch>> next(record::Lane lane, codec::Position after, std::size_t limit_bytes,
                                                     std::size_t limit_batches, base::WallTime now) override;
  base::Result<bool> acknowledge(std::uint32_t epoch, record::Lane lane, const base::RangeSet& durable) override;
  // Also names what could not be named before.
  base::Result<void> maintain(base::WallTime now) override;

  const base::AgentId& agent() const { return state_.agent; }
  std::uint32_t epoch() const override { return state_.epoch; }
  codec::Tails tails() const override;
  std::uint64_t kept() const override;
  std::uint64_t bytes() const { return index_.bytes(); }
  const Found& found() const { return found_; }

 private:
  struct Planned;

  Spool(env::Files& files, Options options);
  base::Result<void> recover(base::WallTime now);
  base::Result<void> recover_chunk(const ChunkId& id);
  void name_holes(base::WallTime now);
  std::vector<Planned> plan(std::vector<record::Record> records, std::vector<record::RecordId>& ids);
  void plan_type(std::vector<record::NamedRecord> records, std::vector<Planned>& into);
  base::Result<std::uint64_t> make_room(std::vector<Planned>& planned, base::WallTime now);
  void shed(const ChunkId& chunk, base::WallTime now);
  base::Result<bool> write(const std::vector<Planned>& planned, base::WallTime now);
  base::Result<void> write_gaps(std::size_t count);
  base::Result<codec::StoredBatch> read(const Located& at);
  void lose(record::GapCause cause, record::Lane lane, std::uint32_t epoch, base::RangeSet::Range numbers,
            base::WallTime from, base::WallTime to);
  base::Result<void> save_state();
  base::Result<void> remove_chunks();
  std::uint64_t next_sequence(record::Lane lane) const { return next_[static_cast<std::size_t>(lane)]; }
  std::string path(const std::string& name) const { return options_.directory + '/' + name; }

  env::Files& files_;
  Options options_;
  std::unique_ptr<env::FileLock> lock_;
  State state_;
  Index index_;
  Found found_;
  std::uint64_t next_chunk_ = 1;
  std::array<std::uint64_t, record::kLaneCount> next_{1, 1, 1, 1};
  std::vector<ChunkWriter> writers_;          // one a lane
  std::vector<record::Record> pending_gaps_;  // to be written with the next append
  std::vector<ChunkId> to_remove_;            // named by a gap; removed once the gap is durable
  bool dirty_ = false;                        // state_ differs from the file
};

}  // namespace holter::spool
