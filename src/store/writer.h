// Writer is the store's place in a running process: rivers put records into its sink from any loop, and it appends them
// through env.offload, everything that came within 100 ms in one commit, so that a SIGKILL loses no more than that.
// Once a second it seals and keeps the budget. While the store cannot be written (disk full) it tries again every
// second; what no longer fits into the queue is counted and named by a Gap record (cause queue_full): packets when it
// is half full, conversations at three quarters, then results, and incidents when there is no room at all.
//
// Belongs to one loop, whose Offload is the only thread that touches the store. run() ends after close() when all that
// was accepted is stored (or given up, if the store fails then).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "env/env.h"
#include "env/mailbox.h"
#include "store/store.h"

namespace holter::store {

inline constexpr std::size_t kQueueRecords = 16'384;
inline constexpr base::Duration kCommitInterval = base::Duration::milliseconds(100);
inline constexpr base::Duration kUpkeepInterval = base::Duration::seconds(1);
inline constexpr base::Duration kRetryInterval = base::Duration::seconds(1);

// Records of this host, on their way to the store, which numbers them. Any thread.
class LocalSink final : public record::Sink {
 public:
  LocalSink(env::Mailbox<record::Record> queue, std::size_t capacity) : queue_(std::move(queue)), capacity_(capacity) {}
  void accept(record::Record record) override {
    const std::size_t limit = room_for(record::lane_of(record));
    if (queue_.post(std::move(record), limit)) ++accepted_;
  }
  std::uint64_t accepted() const { return accepted_; }

 private:
  std::size_t room_for(record::Lane lane) const;

  env::Mailbox<record::Record> queue_;
  std::size_t capacity_;
  std::atomic<std::uint64_t> accepted_ = 0;
};

struct WriterCounts {
  std::uint64_t stored = 0;
  std::uint64_t lost = 0;              // no room in the queue, or given up at the end
  std::optional<base::Error> failing;  // why the store cannot be written now
};

class Writer {
 public:
  // Told of each loss that the writer or the store names by a Gap record, which it stores itself.
  using OnGap = std::function<void(const record::Gap&)>;

  // `store` outlives the writer and what it started.
  Writer(env::Env env, Store& store, OnGap on_gap, std::size_t queue_records = kQueueRecords);

  record::Sink& sink() { return sink_; }
  env::Task<void> run();
  // Returns when all that the sink accepted before is stored or given up. This loop only.
  env::Task<void> flush();
  // No more records; run() stores what is there and ends. Any thread.
  void close();

  // Records of other agents, named by them: durable when it returns. This loop only.
  env::Task<base::Result<AppendOutcome>> append(std::vector<record::NamedRecord> records);

  // Hears of this host's records once they are durable, by their names, on this loop. Before run().
  using Observer = std::function<void(std::vector<record::NamedRecord>)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  // With what the full queue has refused up to now.
  WriterCounts counts() const;

 private:
  env::Task<void> keep_house();
  env::Task<void> store_all(std::vector<record::Record> records);
  // One transaction: all of them or none.
  env::Task<base::Result<void>> store_some(std::span<const record::Record> records);
  void note_lost(std::vector<record::Record>& records);
  void note_success();
  void note_failure(const base::Error& error);

  env::Env env_;
  Store& store_;
  OnGap on_gap_;
  env::Mailbox<record::Record> queue_;
  LocalSink sink_;
  WriterCounts counts_;
  base::WallTime last_commit_;
  std::atomic<bool> closing_ = false;
  Observer observer_;
  std::uint64_t settled_ = 0;  // of what the sink accepted: stored or given up
  env::Signal settled_more_;
};

}  // namespace holter::store
