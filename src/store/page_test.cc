// Walks page by page against a model that sorts all records, while the tail is sealed under them; fences.
#include "store/page.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/seed_test.h"
#include "store/test_support.h"

namespace holter::store {
namespace {

using record::NamedRecord;

constexpr std::size_t kResult = 0;
constexpr std::size_t kChange = 1;
constexpr std::size_t kMessage = 2;

template <class Type>
Type at(base::WallTime when) {
  Type made;
  made.at = when;
  return made;
}

// Records of three types and two agents at few distinct moments, some of them far away from the rest of their batch.
class Population {
 public:
  explicit Population(std::mt19937_64 engine) : engine_(engine) {}

  base::WallTime moment() {
    const auto spread = engine_() % 20 == 0 ? 5'000 : 300;
    return kStart + base::Duration::seconds(static_cast<std::int64_t>(engine_() % static_cast<unsigned>(spread)));
  }
  std::vector<NamedRecord> batch(std::size_t size) {
    std::vector<NamedRecord> batch;
    for (std::size_t i = 0; i < size; ++i) {
      record::Record body;
      const auto kind = engine_() % 3;
      if (kind == 0) body = result_at(moment());
      if (kind == 1) body = at<record::PulseChange>(moment());
      if (kind == 2) body = at<record::PulseMessage>(moment());
      const record::Lane lane = record::lane_of(body);
      const auto agent = static_cast<std::uint8_t>(1 + engine_() % 2);
      batch.push_back({{agent_number(agent), 1, lane, ++next_}, std::move(body)});
    }
    all_.insert(all_.end(), batch.begin(), batch.end());
    return batch;
  }
  PageQuery question() {
    PageQuery query{.types = {kResult}, .newest_first = engine_() % 2 == 0, .limit = 1 + engine_() % 40};
    query.scan = 1 + engine_() % 200;
    if (engine_() % 2 == 0) query.types = {kChange, kMessage};
    if (engine_() % 2 == 0) query.from = moment();
    if (engine_() % 2 == 0) query.to = moment();
    if (engine_() % 3 == 0) query.agent = agent_number(1);
    if (engine_() % 3 == 0) query.wanted = [](const NamedRecord& named) { return named.id.sequence % 7 == 0; };
    return query;
  }
  std::vector<NamedRecord> expected(const PageQuery& query) const {
    std::vector<NamedRecord> expected;
    for (const auto& named : all_) {
      const base::WallTime when = record::time_of(named.body);
      const bool type = std::ranges::find(query.types, named.body.index()) != query.types.end();
      if (!type || when < query.from || when >= query.to || (query.agent && named.id.agent != *query.agent)) continue;
      if (!query.wanted || query.wanted(named)) expected.push_back(named);
    }
    std::ranges::sort(expected, {}, position_of);
    if (query.newest_first) std::ranges::reverse(expected);
    return expected;
  }

 private:
  std::mt19937_64 engine_;
  std::uint64_t next_ = 0;
  std::vector<NamedRecord> all_;
};

// All pages of a walk, each with what it must keep to.
std::vector<NamedRecord> walk(const Reader& reader, PageQuery query, const std::function<void()>& between) {
  std::vector<NamedRecord> found;
  for (int pages = 0; pages < 10'000; ++pages) {
    auto page = reader.page(query);
    EXPECT_TRUE(page);
    EXPECT_LE(page->records.size(), query.limit);
    std::ranges::move(page->records, std::back_inserter(found));
    if (!page->next) return found;
    EXPECT_NE(page->next, query.after) << "a page without progress";
    query.after = page->next;
    between();
  }
  ADD_FAILURE() << "the walk does not end";
  return found;
}

TEST(Pages, AWalkSeesEveryRecordOnceInOrder) {
  Population population(base::seeded_random());
  TemporaryDirectory directory;
  auto store = *open_real(directory, {.seal_count = 20});
  for (int n = 0; n < 60; ++n) {
    ASSERT_TRUE(store->append(population.batch(10)));
    if (n == 45) ASSERT_TRUE(store->maintain(kStart));
  }
  const auto reader = Reader::open(directory.path());
  ASSERT_TRUE(reader);
  for (int round = 0; round < 200; ++round) {
    const PageQuery query = population.question();
    ASSERT_EQ(walk(*reader, query, [] {}), population.expected(query)) << "round " << round;
  }
}

TEST(Pages, SealingBetweenTwoPagesChangesNothing) {
  std::mt19937_64 engine = base::seeded_random();
  for (int round = 0; round < 8; ++round) {
    Population population{std::mt19937_64(engine())};
    TemporaryDirectory directory;
    auto store = *open_real(directory, {.seal_count = 50, .seal_age = base::Duration::seconds(0)});
    for (int n = 0; n < 30; ++n) ASSERT_TRUE(store->append(population.batch(9)));
    PageQuery query = population.question();
    query.limit = 7;
    int pages = 0;
    const auto found = walk(store->reader(), query, [&] {
      if (++pages == 3) ASSERT_TRUE(store->maintain(kStart));
    });
    ASSERT_EQ(found, population.expected(query));
  }
}

TEST(Pages, APageLooksAtABoundedNumberOfRecords) {
  TemporaryDirectory directory;
  auto store = *open_real(directory, {.seal_count = 100});
  for (std::uint64_t n = 1; n <= 10'000; n += 100) ASSERT_TRUE(store->append(results(n, n + 99)));
  PageQuery query{.types = {kResult}, .scan = 1'000};
  query.wanted = [](const NamedRecord& named) { return named.id.sequence == 3; };
  std::size_t pages = 0;
  std::vector<NamedRecord> found;
  for (bool more = true; more; ++pages) {
    auto page = store->reader().page(query);
    ASSERT_TRUE(page);
    EXPECT_LE(page->scanned, 1'300U);
    std::ranges::move(page->records, std::back_inserter(found));
    query.after = page->next;
    more = page->next.has_value();
  }
  EXPECT_GE(pages, 9U);
  EXPECT_EQ(numbers(found), std::vector<std::uint64_t>{3});
}

TEST(Pages, ADamagedRowIsLeftOutAndCounted) {
  TemporaryDirectory directory;
  auto store = *open_real(directory, {.seal_count = 4});
  ASSERT_TRUE(store->append(results(1, 4)));
  ASSERT_TRUE(store->append(results(5, 8)));
  SQLite::Database database(directory.database(), SQLite::OPEN_READWRITE);
  ASSERT_EQ(database.exec("UPDATE blocks SET payload=x'00' WHERE first_sequence=5"), 1);
  const auto page = store->reader().page({.types = {kResult}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->damaged_rows, 1U);
  EXPECT_EQ(numbers(page->records), (std::vector<std::uint64_t>{4, 3, 2, 1}));
}

TEST(Fences, HoldWhatWasThere) {
  TemporaryDirectory directory;
  auto store = *open_real(directory);
  ASSERT_TRUE(store->append(results(1, 5)));
  const std::vector<record::Record> own(2, at<record::PulseMessage>(kStart));
  const auto named = store->append_own(own);
  ASSERT_TRUE(named);
  ASSERT_EQ(named->size(), 2U);
  const Fence results_then = store->fence(record::Lane::results);
  const Fence incidents_then = store->fence(record::Lane::incidents);
  ASSERT_TRUE(store->append(results(7, 9)));
  for (std::uint64_t n = 1; n <= 9; ++n) EXPECT_EQ(results_then.contains(result_number(n).id), n <= 5) << n;
  EXPECT_TRUE(incidents_then.contains((*named)[1].id));
  EXPECT_FALSE(results_then.contains((*named)[1].id));
  EXPECT_FALSE(results_then.contains(result_number(1, 2).id));
}

}  // namespace
}  // namespace holter::store
