#include "spool/spool.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <set>

#include "spool/memory_files_test.h"

namespace holter::spool {
namespace {

using record::Lane;

constexpr base::WallTime kNow = base::WallTime::from_nanoseconds(1'700'000'000'000'000'000);

Options options() {
  Options o;
  o.directory = "/data/spool";
  o.agent.bytes[0] = 7;
  return o;
}

std::unique_ptr<Spool> opened(env::Files& files, const Options& o = options()) {
  auto spool = Spool::open(files, o, kNow);
  EXPECT_TRUE(spool) << (spool ? "" : spool.error().message);
  return spool ? std::move(*spool) : nullptr;
}

record::Record result(const std::string& probe) {
  record::ProbeResult r;
  r.probe = probe;
  r.started = kNow;
  return r;
}

record::Record packet(std::size_t bytes) {
  record::PacketRecord p;
  p.captured_at = base::PacketTime::from_nanoseconds(kNow.in_nanoseconds());
  std::mt19937_64 noise(bytes);
  while (p.source.size() < bytes) p.source += static_cast<char>(noise());
  return p;
}

std::vector<record::NamedRecord> all(Spool& spool, Lane lane) {
  std::vector<record::NamedRecord> records;
  auto batches = spool.next(lane, {}, 1 << 30, 1 << 20, kNow);
  EXPECT_TRUE(batches);
  for (const codec::StoredBatch& batch : *batches) {
    const auto decoded = codec::decode_batch(batch.bytes);
    EXPECT_TRUE(decoded);
    records.insert(records.end(), decoded->begin(), decoded->end());
  }
  return records;
}

std::vector<record::Gap> gaps(Spool& spool) {
  std::vector<record::Gap> found;
  for (const auto& named : all(spool, Lane::incidents)) {
    if (const auto* gap = std::get_if<record::Gap>(&named.body)) found.push_back(*gap);
  }
  return found;
}

base::RangeSet ranges(std::uint64_t first, std::uint64_t last) {
  base::RangeSet set(8);
  set.insert(first, last);
  return set;
}

TEST(Spool, KeepsRecordsAndNumbersOverARestart) {
  MemoryFiles disk;
  std::uint32_t epoch = 0;
  {
    auto spool = opened(disk);
    EXPECT_TRUE(spool->found().new_epoch);
    epoch = spool->epoch();
    const auto appended = spool->append({result("a"), record::NetworkChange{}, result("b")}, kNow);
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->ids[0], (record::RecordId{options().agent, epoch, Lane::results, 1}));
    EXPECT_EQ(appended->ids[1], (record::RecordId{options().agent, epoch, Lane::incidents, 1}));
    EXPECT_EQ(appended->ids[2].sequence, 2U);
  }
  auto spool = opened(disk);
  EXPECT_FALSE(spool->found().new_epoch);
  EXPECT_EQ(spool->epoch(), epoch);
  EXPECT_EQ(spool->found().records, 3U);
  EXPECT_EQ(spool->append({result("c")}, kNow)->ids[0].sequence, 3U);
  const auto records = all(*spool, Lane::results);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[2].body, result("c"));
  EXPECT_TRUE(gaps(*spool).empty());
}

TEST(Spool, LongMessagesAreKeptWhole) {
  MemoryFiles disk;
  std::vector<record::Record> messages;
  for (std::size_t i = 0; i < 200; ++i) {
    std::mt19937_64 noise(i);
    std::string text(base::kUntrustedTextLimit, '\0');
    for (char& c : text) c = static_cast<char>(noise());
    messages.emplace_back(record::PulseMessage{base::UntrustedText("job"), "", kNow, {}, base::UntrustedText(text)});
  }
  ASSERT_TRUE(opened(disk)->append(messages, kNow));
  auto spool = opened(disk);
  const auto found = all(*spool, Lane::incidents);
  ASSERT_EQ(found.size(), messages.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(found[i].body == messages[i]) << i;
}

TEST(Spool, OneSyncALaneServesManyRecords) {
  MemoryFiles disk;
  auto spool = opened(disk);
  ASSERT_TRUE(spool->append({result("a")}, kNow));
  int syncs = 0;
  disk.fails = [&](const std::string& call, const std::string&) {
    syncs += call == "sync" ? 1 : 0;
    return false;
  };
  ASSERT_TRUE(spool->append(std::vector<record::Record>(5'000, result("a")), kNow));
  EXPECT_EQ(syncs, 1);
}

TEST(Spool, AckedRecordsAreNotGivenOutAgainAndTheirChunksGo) {
  MemoryFiles disk;
  Options o = options();
  o.chunk_bytes = 1;  // every append begins a chunk
  auto spool = opened(disk, o);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(spool->append({result("a")}, kNow));
  ASSERT_TRUE(spool->acknowledge(spool->epoch(), Lane::results, ranges(1, 3)));
  ASSERT_TRUE(spool->maintain(kNow));
  EXPECT_EQ(spool->kept(), 2U);
  EXPECT_EQ(all(*spool, Lane::results).front().id.sequence, 4U);
  EXPECT_EQ(disk.list(o.directory)->size(), 3U) << "two chunks and the state";
  spool.reset();
  spool = opened(disk, o);
  EXPECT_EQ(spool->kept(), 2U);
  EXPECT_TRUE(gaps(*spool).empty()) << "acked numbers are not missing";
  ASSERT_TRUE(spool->acknowledge(spool->epoch(), Lane::results, ranges(1, 5)));
  ASSERT_TRUE(spool->maintain(kNow));
  spool.reset();
  spool = opened(disk, o);
  EXPECT_EQ(spool->append({result("z")}, kNow)->ids[0].sequence, 6U) << "numbers go on after all is gone";
}

TEST(Spool, AFailedSyncCondemnsTheChunkAndWritesTheRecordsElsewhere) {
  MemoryFiles disk;
  auto spool = opened(disk);
  ASSERT_TRUE(spool->append({result("a")}, kNow));
  bool once = true;
  disk.fails = [&](const std::string& call, const std::string&) {
    return call == "sync" && std::exchange(once, false);
  };
  const auto appended = spool->append({result("b")}, kNow);
  ASSERT_TRUE(appended);
  EXPECT_TRUE(appended->condemned);
  spool.reset();
  const auto after = disk.after_power_loss();
  spool = opened(*after);
  const auto records = all(*spool, Lane::results);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].body, result("b"));
  EXPECT_TRUE(gaps(*spool).empty());
}

TEST(Spool, WhatNoChunkWouldTakeIsNamedByAGapWhenTheDiskIsBack) {
  MemoryFiles disk;
  auto spool = opened(disk);
  ASSERT_TRUE(spool->append({result("a")}, kNow));
  disk.fails = [](const std::string& call, const std::string&) { return call == "sync"; };
  EXPECT_FALSE(spool->append({result("b"), result("c")}, kNow));
  EXPECT_FALSE(spool->maintain(kNow));
  disk.fails = [](const std::string&, const std::string&) { return false; };
  ASSERT_TRUE(spool->append({result("d")}, kNow));
  const auto records = all(*spool, Lane::results);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].id.sequence, 4U);
  const auto named = gaps(*spool);
  ASSERT_FALSE(named.empty());
  EXPECT_EQ(named[0].cause, record::GapCause::disk_fault);
  EXPECT_EQ(named[0].lane, Lane::results);
  EXPECT_EQ(named[0].first, 2U);
  EXPECT_EQ(named[0].last, 3U);
}

TEST(Spool, ABatchThatTheDiskSpoiltIsSteppedOverAndNamed) {
  MemoryFiles disk;
  auto spool = opened(disk);
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(spool->append({result(name)}, kNow));
  spool.reset();
  for (auto& [path, content] : disk.names()) {
    if (path.ends_with(".chunk")) content->bytes[content->bytes.size() / 2] ^= 1;
  }
  spool = opened(disk);
  EXPECT_EQ(all(*spool, Lane::results).size(), 2U);
  const auto named = gaps(*spool);
  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0].first, 2U);
  EXPECT_EQ(named[0].last, 2U);
  spool.reset();
  spool = opened(disk);
  EXPECT_EQ(gaps(*spool).size(), 1U) << "named once";
}

TEST(Spool, ShedsPacketsFirstAndNamesThem) {
  MemoryFiles disk;
  Options o = options();
  o.max_bytes = 64 * 1024;
  o.chunk_bytes = 8 * 1024;
  auto spool = opened(disk, o);
  ASSERT_TRUE(spool->append({result("a"), record::NetworkChange{}}, kNow));
  std::uint64_t shed = 0;
  for (int i = 0; i < 40; ++i) shed += spool->append({packet(4'000)}, kNow)->shed;
  EXPECT_GT(shed, 20U);
  EXPECT_LE(spool->bytes(), o.max_bytes + 4'096) << "gaps come on top";
  EXPECT_EQ(all(*spool, Lane::results).size(), 1U);
  std::set<std::uint64_t> covered;
  for (const auto& kept : all(*spool, Lane::packets)) covered.insert(kept.id.sequence);
  for (const record::Gap& gap : gaps(*spool)) {
    EXPECT_EQ(gap.cause, record::GapCause::shed);
    for (std::uint64_t n = gap.first; n <= gap.last; ++n) EXPECT_TRUE(covered.insert(n).second) << n;
  }
  EXPECT_EQ(covered.size(), 40U);
}

TEST(Spool, ALostStateBeginsANewEpochAndTheOldRecordsAreStillSent) {
  MemoryFiles disk;
  auto spool = opened(disk);
  ASSERT_TRUE(spool->append({result("a")}, kNow));
  const auto old_epoch = spool->epoch();
  spool.reset();
  disk.names().at("/data/spool/state")->bytes[5] ^= 1;
  spool = opened(disk);
  EXPECT_TRUE(spool->found().new_epoch);
  EXPECT_GT(spool->epoch(), old_epoch);
  ASSERT_TRUE(spool->append({result("b")}, kNow));
  const auto records = all(*spool, Lane::results);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].id.epoch, old_epoch);
  EXPECT_EQ(records[1].id, (record::RecordId{options().agent, spool->epoch(), Lane::results, 1}));
  EXPECT_EQ(gaps(*spool).size(), 1U) << "what the old epoch lost at its end is unknown, and said";
}

TEST(Spool, AHubThatKnowsMoreThanTheSpoolBeginsANewEpoch) {
  MemoryFiles disk;
  auto spool = opened(disk);
  ASSERT_TRUE(spool->append({result("a")}, kNow));
  const auto epoch = spool->epoch();
  EXPECT_TRUE(spool->acknowledge(epoch, Lane::results, ranges(1, 9)).value());
  EXPECT_EQ(spool->epoch(), epoch + 1);
  EXPECT_EQ(spool->append({result("b")}, kNow)->ids[0].sequence, 1U);
}

TEST(Spool, TheSpoolOfAnotherAgentIsRefused) {
  MemoryFiles disk;
  opened(disk).reset();
  Options other = options();
  other.agent.bytes[0] = 8;
  const auto spool = Spool::open(disk, other, kNow);
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().kind, base::ErrorKind::invalid);
}

// Power fails after every single call that reaches the disk, in turn, with torn tails: what append() had accepted is
// there or named by a gap, and no number is ever given twice.
TEST(Spool, PowerLossAtEveryDiskCallLosesNothingThatWasAccepted) {
  const char* given = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "HOLTER_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  for (int stop_after = 1; stop_after < 200; ++stop_after) {
    MemoryFiles disk;
    std::unique_ptr<MemoryFiles> survivor;
    int calls = 0;
    disk.after_call = [&] {
      if (++calls == stop_after) survivor = disk.after_power_loss(&random);
    };
    Options o = options();
    o.chunk_bytes = 400;
    std::map<std::uint64_t, record::Record> accepted;
    auto spool = opened(disk, o);
    for (int i = 0; i < 30 && !survivor; ++i) {
      const record::Record one = result("probe " + std::to_string(i));
      const auto appended = spool->append({one}, kNow);
      ASSERT_TRUE(appended);
      if (!survivor) accepted[appended->ids[0].sequence] = one;
      if (i % 7 == 6) {
        ASSERT_TRUE(spool->acknowledge(spool->epoch(), Lane::results, ranges(1, static_cast<std::uint64_t>(i) - 3)));
        ASSERT_TRUE(spool->maintain(kNow));
      }
    }
    if (!survivor) break;
    const std::uint32_t epoch = spool->epoch();
    spool = opened(*survivor, o);
    std::map<std::uint64_t, record::Record> found;
    for (const auto& named : all(*spool, Lane::results)) found[named.id.sequence] = named.body;
    for (const auto& [number, body] : accepted) {
      if (found.contains(number)) EXPECT_EQ(found.at(number), body);
      if (!found.contains(number)) EXPECT_LE(number + 3, accepted.rbegin()->first) << "not acked, not there";
    }
    EXPECT_TRUE(gaps(*spool).empty());
    const auto next = spool->append({result("next")}, kNow);
    if (!accepted.empty()) {
      EXPECT_EQ(spool->epoch(), epoch);
      EXPECT_GT(next->ids[0].sequence, accepted.rbegin()->first);
    }
  }
}

}  // namespace
}  // namespace holter::spool
