// Power loss at every single operation of the disk, and disks that fill up or fail: what append() acknowledged is there
// afterwards, exactly once, and the database opens.
#include <gmock/gmock.h>

#include "sim/disk.h"
#include "store/test_power.h"
#include "store/test_support.h"

namespace holter::store {
namespace {

using base::Duration;

const Options kOnFiles{.directory = "/data", .seal_count = 8, .disk = Disk::env_files};

struct Acknowledged {
  std::uint64_t last = 0;      // of agent 1, all from 1 on
  std::uint64_t own_last = 0;  // of this host
};

// A little life: appends of a few, of a whole block, twice the same, own ones, upkeep that seals. False when it died.
bool live(env::Files& files, env::Random& random, Acknowledged& done) {
  auto store = Store::open(files, random, kOnFiles, kStart);
  if (!store) return false;
  for (int round = 0; round < 6; ++round) {
    const std::uint64_t count = round % 3 == 2 ? 8 : 2;
    const std::uint64_t repeated = done.last == 0 ? 0 : 1;
    if (!(*store)->append(results(done.last + 1 - repeated, done.last + count))) return false;
    done.last += count;
    const std::vector<record::Record> own{result_at(kStart)};
    if (!(*store)->append_own(own)) return false;
    ++done.own_last;
    if (!(*store)->maintain(kStart + Duration::minutes(round))) return false;
  }
  return true;
}

void expect_whole(env::Files& files, env::Random& random, const Acknowledged& done) {
  auto store = Store::open(files, random, kOnFiles, kStart);
  ASSERT_TRUE(store) << base::to_string(store.error());
  const auto answer = (*store)->reader().read({.agent = agent_number(1), .limit = 1'000});
  ASSERT_TRUE(answer) << base::to_string(answer.error());
  EXPECT_EQ(answer->damaged_rows, 0U);
  const auto found = numbers(answer->records);
  ASSERT_GE(found.size(), done.last);
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], i + 1);
  const auto& identity = (*store)->own_identity();
  const auto own = (*store)->reader().read({.agent = identity.agent, .limit = 1'000});
  ASSERT_GE(own->records.size(), done.own_last);
  EXPECT_EQ((*store)->received(agent_number(1), 1, record::Lane::results).prefix(), found.size());
  // It goes on from there, and nothing is taken twice.
  EXPECT_EQ((*store)->append(results(1, found.size() + 1))->stored, 1U);
  ASSERT_TRUE((*store)->maintain(kStart + Duration::hours(1)));
}

void lose_power_everywhere(bool tear) {
  std::uint64_t operations = 0;
  for (std::uint64_t cut = 0; cut == 0 || cut <= operations; ++cut) {
    sim::Timeline timeline(cut);
    sim::Disk disk(timeline);
    disk.set_faults({.tear = tear});
    Acknowledged done;
    FailingPower power(disk, cut == 0 ? std::numeric_limits<std::uint64_t>::max() : cut - 1);
    const bool survived = live(power, timeline.random(), done);
    if (cut == 0) {
      ASSERT_TRUE(survived);
      operations = power.operations();
      ASSERT_GT(operations, 50U);
    }
    disk.process_died();
    disk.power_lost();
    SCOPED_TRACE("power lost at operation " + std::to_string(cut) + " of " + std::to_string(operations));
    expect_whole(disk, timeline.random(), done);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Crash, PowerLossAtEveryOperationLosesNothingAcknowledged) { lose_power_everywhere(false); }
TEST(Crash, PowerLossWithTornWritesLosesNothingAcknowledged) { lose_power_everywhere(true); }

// One operation fails and the disk is well again: the store reports it and the next attempt succeeds, unless the store
// could not be opened at all, and then it can be afterwards.
TEST(Crash, AFailureOfAnyOperationIsReportedAndOvercome) {
  std::uint64_t operations = 1;
  for (std::uint64_t failing = 0; failing < operations; ++failing) {
    sim::Timeline timeline(failing);
    sim::Disk disk(timeline);
    Acknowledged done;
    if (failing == 0) {
      disk.set_faults({});
      ASSERT_TRUE(live(disk, timeline.random(), done));
      operations = disk.operations();
      continue;
    }
    disk.set_faults({.fail_operation = failing});
    live(disk, timeline.random(), done);
    disk.set_faults({});
    SCOPED_TRACE("operation " + std::to_string(failing) + " failed");
    expect_whole(disk, timeline.random(), done);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Crash, AFullDiskIsReportedAndTheStoreGoesOnWithRoom) {
  sim::Timeline timeline(1);
  sim::Disk disk(timeline);
  disk.set_faults({.capacity = 400'000});
  auto store = Store::open(disk, timeline.random(), kOnFiles, kStart);
  ASSERT_TRUE(store) << base::to_string(store.error());
  std::mt19937_64 engine(1);
  std::uint64_t stored = 0;
  base::ErrorKind kind = base::ErrorKind::io;
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const auto record = result_number(stored + 1, 1, noise(engine, 2'000));
    const auto outcome = (*store)->append(std::span(&record, 1));
    if (!outcome) {
      kind = outcome.error().kind;
      EXPECT_THAT(outcome.error().message, testing::HasSubstr("make room"));
      break;
    }
    ++stored;
  }
  ASSERT_EQ(kind, base::ErrorKind::full);
  const auto next = result_number(stored + 1, 1, noise(engine, 2'000));
  EXPECT_FALSE((*store)->append(std::span(&next, 1)));
  EXPECT_EQ((*store)->reader().read({.limit = 10'000})->records.size(), stored);
  disk.set_faults({});
  EXPECT_EQ((*store)->append(std::span(&next, 1))->stored, 1U);
  EXPECT_TRUE((*store)->maintain(kStart + Duration::hours(1)));
  EXPECT_EQ((*store)->reader().read({.limit = 10'000})->records.size(), stored + 1);
}

}  // namespace
}  // namespace holter::store
