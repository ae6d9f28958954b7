#include "store/store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "store/test_support.h"

namespace holter::store {
namespace {

using base::Duration;
using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kGap = 7;

class StoreTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open(Options options = {}) {
    auto store = open_real(directory_, options);
    EXPECT_TRUE(store) << base::to_string(store.error());
    return store ? std::move(*store) : nullptr;
  }
  Answer read(Query query = {.limit = 100'000}) {
    auto reader = Reader::open(directory_.path());
    EXPECT_TRUE(reader) << base::to_string(reader.error());
    auto answer = reader->read(query);
    EXPECT_TRUE(answer) << base::to_string(answer.error());
    return *answer;
  }
  std::int64_t ask(const std::string& query) {
    SQLite::Database database(directory_.database(), SQLite::OPEN_READONLY);
    return database.execAndGet(query).getInt64();
  }
  void execute(const std::string& statement) {
    SQLite::Database database(directory_.database(), SQLite::OPEN_READWRITE);
    database.exec(statement);
  }

  TemporaryDirectory directory_;
};

TEST_F(StoreTest, ARecordIsVisibleAtOnceAndOnce) {
  auto store = open();
  EXPECT_EQ(*store->append(results(1, 3)), (AppendOutcome{3, 0, 0}));
  EXPECT_EQ(read().records, results(1, 3));
  EXPECT_EQ(*store->append(results(2, 5)), (AppendOutcome{2, 2, 0}));
  const std::vector twice{result_number(6), result_number(6)};
  EXPECT_EQ(*store->append(twice), (AppendOutcome{1, 1, 0}));
  EXPECT_EQ(read().records, results(1, 6));
}

TEST_F(StoreTest, TheSameNumberOfAnotherAgentEpochOrLaneIsAnotherRecord) {
  auto store = open();
  auto other = result_number(1);
  other.id.epoch = 2;
  const std::vector records{result_number(1, 1), result_number(1, 2), other};
  EXPECT_EQ(store->append(records)->stored, 3U);
  EXPECT_EQ(read().records.size(), 3U);
  EXPECT_EQ(read({.agent = agent_number(2)}).records, results(1, 1, 2));
}

TEST_F(StoreTest, SealingMovesTheTailIntoBlocksAndChangesNoAnswer) {
  auto store = open({.seal_count = 100});
  for (std::uint64_t n = 1; n <= 250; ++n) ASSERT_TRUE(store->append(results(n, n)));
  ASSERT_TRUE(store->maintain(kStart));
  EXPECT_EQ(ask("SELECT count(*) FROM tail"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM blocks"), 3);
  EXPECT_EQ(ask("SELECT max(count) FROM blocks"), 100);
  EXPECT_EQ(read().records, results(1, 250));
}

TEST_F(StoreTest, FewRecordsAreSealedWhenTheyAreOld) {
  auto store = open();
  ASSERT_TRUE(store->append(results(1, 5)));
  ASSERT_TRUE(store->maintain(kStart));
  ASSERT_TRUE(store->maintain(kStart + Duration::seconds(59)));
  EXPECT_EQ(ask("SELECT count(*) FROM blocks"), 0);
  ASSERT_TRUE(store->maintain(kStart + Duration::seconds(60)));
  EXPECT_EQ(ask("SELECT count(*) FROM blocks"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM tail"), 0);
}

TEST_F(StoreTest, WholeBlocksDoNotPassThroughTheTail) {
  auto store = open();
  ASSERT_TRUE(store->append(results(1, 4'096)));
  EXPECT_EQ(ask("SELECT count(*) FROM tail"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM blocks"), 1);
  EXPECT_EQ(*store->append(results(1, 4'096)), (AppendOutcome{0, 4'096, 0}));
}

TEST_F(StoreTest, EverythingIsThereAgainAfterReopening) {
  base::AgentId own;
  {
    auto store = open({.seal_count = 100});
    own = store->own_identity().agent;
    ASSERT_TRUE(store->append(results(1, 150)));
    ASSERT_TRUE(store->maintain(kStart));
    ASSERT_TRUE(store->append(results(160, 170)));
  }
  auto store = open();
  EXPECT_EQ(store->own_identity().agent, own);
  EXPECT_EQ(*store->append(results(1, 170)), (AppendOutcome{9, 161, 0}));
  EXPECT_EQ(store->received(agent_number(1), 1, record::Lane::results).prefix(), 170U);
  EXPECT_EQ(read().records, results(1, 170));
  auto counts = Reader::open(directory_.path())->counts();
  EXPECT_EQ((*counts)[0], 170U);
}

TEST_F(StoreTest, AnAgentsOwnLossCountsAsReceived) {
  record::Gap gap;
  gap.lane = record::Lane::packets;
  gap.epoch = 1;
  gap.first = 1;
  gap.last = 1'000;
  const record::NamedRecord loss{{agent_number(1), 1, record::Lane::incidents, 1}, gap};
  {
    auto store = open();
    ASSERT_TRUE(store->append(std::span(&loss, 1)));
    EXPECT_EQ(store->received(agent_number(1), 1, record::Lane::packets).prefix(), 1'000U);
  }
  EXPECT_EQ(open()->received(agent_number(1), 1, record::Lane::packets).prefix(), 1'000U);
}

TEST_F(StoreTest, OwnRecordsAreNumberedOnFromTheLast) {
  const std::vector<record::Record> two{result_at(kStart), result_at(kStart + Duration::seconds(1))};
  base::AgentId own;
  {
    auto store = open();
    own = store->own_identity().agent;
    ASSERT_TRUE(store->append_own(two));
  }
  auto store = open();
  ASSERT_TRUE(store->append_own(two));
  EXPECT_EQ(store->received(own, 1, record::Lane::results).prefix(), 4U);
  EXPECT_EQ(*store->next_epoch(), 2U);
  ASSERT_TRUE(store->append_own(two));
  EXPECT_EQ(store->received(own, 2, record::Lane::results).prefix(), 2U);
  store.reset();
  EXPECT_EQ(open()->own_identity().epoch, 2U);
}

TEST_F(StoreTest, ReadsByTimeInBothDirections) {
  auto store = open({.seal_count = 10});
  for (std::uint64_t n = 1; n <= 100; n += 5) ASSERT_TRUE(store->append(results(n, n + 4)));
  ASSERT_TRUE(store->maintain(kStart));
  ASSERT_TRUE(store->append(results(101, 103)));
  const auto at = [](std::int64_t n) { return kStart + Duration::seconds(n); };
  EXPECT_THAT(numbers(read({.limit = 4, .newest_first = true}).records), ElementsAre(103, 102, 101, 100));
  EXPECT_THAT(numbers(read({.limit = 3}).records), ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers(read({.from = at(50), .to = at(53)}).records), ElementsAre(50, 51, 52));
  EXPECT_THAT(numbers(read({.to = at(53), .limit = 2, .newest_first = true}).records), ElementsAre(52, 51));
  EXPECT_TRUE(read({.limit = 0}).records.empty());
  EXPECT_TRUE(read({.type = 1}).records.empty());
  EXPECT_EQ(**Reader::open(directory_.path())->oldest(), at(1));
}

TEST_F(StoreTest, TheNewestChangeOfEachSessionIsFound) {
  auto store = open({.seal_count = 2});
  const auto change = [](const char* session, std::int64_t second, record::SessionState to) {
    record::PulseChange pulse;
    pulse.session = base::UntrustedText(session);
    pulse.at = kStart + Duration::seconds(second);
    pulse.to = to;
    return record::Record(pulse);
  };
  using enum record::SessionState;
  const std::vector<record::Record> changes{change("db1", 1, up), change("db2", 2, up), change("db1", 3, pulsing),
                                            change("db1", 4, down)};
  for (const auto& one : changes) ASSERT_TRUE(store->append_own(std::span(&one, 1)));
  ASSERT_TRUE(store->maintain(kStart));
  const auto latest = store->reader().latest_pulse_changes();
  ASSERT_EQ(latest->records.size(), 2U);
  EXPECT_EQ(latest->records[0].body, changes[1]);
  EXPECT_EQ(latest->records[1].body, changes[3]);
}

TEST_F(StoreTest, ASessionHidesNoOtherOfItsName) {
  auto store = open();
  record::PulseChange change;
  change.session = base::UntrustedText("db1");
  change.at = kStart;
  std::vector<record::Record> changes;
  for (const auto proof : {record::Authentication::key, record::Authentication::none}) {
    change.authentication = proof;
    changes.emplace_back(change);
  }
  ASSERT_TRUE(store->append_own(changes));
  EXPECT_EQ(store->reader().latest_pulse_changes()->records.size(), 2U);
}

TEST_F(StoreTest, NobodyElseMayReadItsFiles) {
  auto store = open();
  ASSERT_TRUE(store->append(results(1, 1)));
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    EXPECT_EQ(entry.status().permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << entry.path();
  }
}

TEST_F(StoreTest, KnowsAgentsByName) {
  auto store = open();
  ASSERT_TRUE(store->note_agent(agent_number(3), base::UntrustedText("roof"), kStart));
  ASSERT_TRUE(store->note_agent(agent_number(3), base::UntrustedText("attic"), kStart + Duration::seconds(1)));
  const auto agents = store->reader().agents();
  ASSERT_EQ(agents->size(), 1U);
  EXPECT_EQ(agents->front().name, base::UntrustedText("attic"));
  EXPECT_EQ(agents->front().last_seen, kStart + Duration::seconds(1));
}

TEST_F(StoreTest, RefusesADatabaseOfALaterHolter) {
  open().reset();
  execute("PRAGMA user_version=99");
  const auto store = open_real(directory_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::newer_version);
  EXPECT_THAT(store.error().message, HasSubstr("schema 99"));
}

TEST_F(StoreTest, TakesOverADatabaseOfAnEarlierHolter) {
  ASSERT_TRUE(open({.seal_count = 10})->append(results(1, 23)));
  execute("DROP INDEX blocks_by_lane");
  execute("CREATE INDEX blocks_by_lane ON blocks(lane, last_wall_ns)");
  execute("PRAGMA user_version=1");
  open().reset();
  EXPECT_EQ(ask("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(read().records, results(1, 23));
  // No sorting: what is removed is looked for at each append to a full store.
  SQLite::Database database(directory_.database(), SQLite::OPEN_READONLY);
  SQLite::Statement plan(database, "EXPLAIN QUERY PLAN SELECT * FROM blocks WHERE lane=1 ORDER BY id");
  ASSERT_TRUE(plan.executeStep());
  EXPECT_THAT(plan.getColumn(3).getString(), HasSubstr("blocks_by_lane (lane=?)"));
  EXPECT_FALSE(plan.executeStep());
}

TEST_F(StoreTest, RefusesAnotherProgramsDatabase) {
  SQLite::Database(directory_.database(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t(x)");
  const auto store = open_real(directory_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::invalid);
}

TEST_F(StoreTest, RefusesABudgetItCannotKeep) {
  EXPECT_EQ(open_real(directory_, {.budget_bytes = kMinBudgetBytes - 1}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(open_real(directory_, {.seal_count = 0}).error().kind, ErrorKind::invalid);
}

void overwrite(const std::string& path, std::streamoff at, std::size_t bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(at);
  const std::string junk(bytes, '\x5a');
  file.write(junk.data(), static_cast<std::streamsize>(bytes));
}

// Each damage with a name, done to a store that was closed.
struct Damage {
  const char* name;
  void (*inflict)(const std::string& path);
};

class DamagedStore : public StoreTest, public testing::WithParamInterface<Damage> {};

// SQLite finds nothing wrong with it.
void rename_a_column(const std::string& path) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  const std::size_t at = all.find("epoch INTEGER");
  ASSERT_NE(at, std::string::npos);
  file.clear();
  file.seekp(static_cast<std::streamoff>(at));
  file << "epocg";
}

TEST_P(DamagedStore, IsReportedAndMovedAsideOnlyWhenAsked) {
  {
    auto store = open({.seal_count = 100});
    std::mt19937_64 engine(1);
    for (std::uint64_t n = 1; n <= 300; ++n) {
      const auto record = result_number(n, 1, noise(engine, 300));
      ASSERT_TRUE(store->append(std::span(&record, 1)));
    }
    ASSERT_TRUE(store->maintain(kStart));
  }
  GetParam().inflict(directory_.database());
  const auto refused = open_real(directory_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::corrupt) << base::to_string(refused.error());
  EXPECT_THAT(refused.error().message, HasSubstr(directory_.database()));
  EXPECT_THAT(refused.error().message, HasSubstr("aside"));
  auto store = open({.on_damage = OnDamage::move_aside});
  ASSERT_TRUE(store);
  EXPECT_THAT(store->moved_aside(), HasSubstr("holter.db.damaged-2027"));
  EXPECT_TRUE(std::filesystem::exists(store->moved_aside()));
  EXPECT_EQ(store->append(results(1, 1))->stored, 1U);
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedStore,
    testing::Values(Damage{"not_a_database", [](const std::string& path) { overwrite(path, 0, 100); }},
                    Damage{"truncated",
                           [](const std::string& path) {
                             std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
                           }},
                    Damage{"a_name_in_the_schema", [](const std::string& path) { rename_a_column(path); }},
                    Damage{"half_a_page", [](const std::string& path) { std::filesystem::resize_file(path, 2'000); }},
                    Damage{"a_page_overwritten", [](const std::string& path) { overwrite(path, 3 * 4'096, 4'096); }},
                    Damage{"the_middle_overwritten",
                           [](const std::string& path) {
                             const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2);
                             overwrite(path, middle, 40'000);
                           }}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(StoreTest, ABlockThatCannotBeDecodedSpoilsNoAnswer) {
  auto store = open({.seal_count = 10});
  ASSERT_TRUE(store->append(results(1, 10)));
  ASSERT_TRUE(store->append(results(11, 20)));
  ASSERT_TRUE(store->append(results(21, 23)));
  execute("UPDATE blocks SET payload=zeroblob(length(payload)) WHERE first_sequence=1");
  const Answer answer = read();
  EXPECT_EQ(answer.records, results(11, 23));
  EXPECT_EQ(answer.damaged_rows, 1U);
}

TEST_F(StoreTest, ATailRowThatCannotBeDecodedBecomesAGap) {
  auto store = open();
  ASSERT_TRUE(store->append(results(1, 3)));
  ASSERT_TRUE(store->append(results(4, 6)));
  execute("UPDATE tail SET payload=zeroblob(9) WHERE first_sequence=4");
  EXPECT_EQ(store->damaged_rows(), 0U);
  store.reset();
  store = open();
  EXPECT_EQ(store->damaged_rows(), 1U) << "said at once, not when it is sealed";
  ASSERT_TRUE(store->maintain(kStart));
  const auto gaps = store->maintain(kStart + Duration::seconds(60));
  ASSERT_EQ(gaps->size(), 1U);
  const auto& gap = std::get<record::Gap>(gaps->front().body);
  EXPECT_EQ(gap.cause, record::GapCause::disk_fault);
  EXPECT_EQ(gap.first, 4U);
  EXPECT_EQ(gap.last, 6U);
  EXPECT_EQ(gap.count, 3U);
  EXPECT_EQ(read().records, results(1, 3));
  EXPECT_EQ(read({.type = kGap}).records, *gaps);
}

// A child appends and says so after each; killed at any moment, nothing it said is missing.
TEST_F(StoreTest, SigkillLosesNothingThatWasAcknowledged) {
  for (int round = 0; round < 5; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = open_real(directory_, {.seal_count = 50});
      for (std::uint64_t n = 1 + static_cast<std::uint64_t>(round) * 100'000; store; ++n) {
        if (!(*store)->append(results(n, n))) ::_exit(1);
        if (n % 20 == 0 && !(*store)->maintain(kStart)) ::_exit(1);
        if (::write(pipe[1], &n, sizeof n) != sizeof n) ::_exit(1);
      }
      ::_exit(1);
    }
    ::close(pipe[1]);
    std::uint64_t said = 0;
    for (int i = 0; i < 120 + round * 7; ++i) ASSERT_EQ(::read(pipe[0], &said, sizeof said), ssize_t(sizeof said));
    ::kill(child, SIGKILL);
    while (::read(pipe[0], &said, sizeof said) == ssize_t(sizeof said)) {
    }
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    auto store = open();
    const std::uint64_t first = 1 + static_cast<std::uint64_t>(round) * 100'000;
    EXPECT_TRUE(store->received(agent_number(1), 1, record::Lane::results).contains(first, said));
    const auto at = kStart + Duration::seconds(static_cast<std::int64_t>(first));
    const auto found = numbers(read({.from = at, .limit = 100'000}).records);
    ASSERT_GE(found.size(), said - first + 1);
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], first + i);
  }
}

}  // namespace
}  // namespace holter::store
