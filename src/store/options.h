// What a store needs to be told, and the limits it keeps. Sizes are bytes. The budget covers everything the store has
// on disk: the database, its write-ahead log and the log's index (see room.h for how it is divided).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "codec/batch.h"

namespace holter::store {

inline constexpr std::uint64_t kMinBudgetBytes = 32 * 1024 * 1024;
inline constexpr std::size_t kMaxRangesPerLane = 4'096;  // runs of numbers remembered of one agent's lane
inline constexpr std::size_t kMaxLanes = 262'144;        // (agent, epoch, lane) whose numbers are remembered
inline constexpr std::size_t kMaxReadRecords = 200'000;  // one answer of a reader
inline constexpr std::size_t kMaxRestoredSessions = 1'000'000;

enum class OnDamage : std::uint8_t {
  refuse,      // open() fails with ErrorKind::corrupt
  move_aside,  // the files are renamed to *.damaged-<UTC> and an empty store is begun
};

// SQLite may use the operating system by itself, or only env::Files (vfs.h): then one connection holds the database,
// which is what the simulated world needs.
enum class Disk : std::uint8_t { operating_system, env_files };

struct Options {
  std::string directory = {};
  std::uint64_t budget_bytes = 512ULL * 1024 * 1024;
  std::size_t seal_count = codec::kMaxBatchRecords;
  base::Duration seal_age = base::Duration::seconds(60);
  OnDamage on_damage = OnDamage::refuse;
  Disk disk = Disk::operating_system;
};

}  // namespace holter::store
