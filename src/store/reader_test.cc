// Every answer against a model that sorts all records: overlapping blocks, a tail, any window, limit and direction.
#include "store/reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/test_support.h"

namespace holter::store {
namespace {

using record::NamedRecord;

std::uint64_t seed() {
  const char* given = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "HOLTER_SEED=" << seed << "\n";
  return seed;
}

std::vector<NamedRecord> expected(std::vector<NamedRecord> all, const Query& query) {
  std::erase_if(all, [&](const NamedRecord& record) {
    const base::WallTime at = record::time_of(record.body);
    return at < query.from || at >= query.to || (query.agent && record.id.agent != *query.agent);
  });
  std::ranges::sort(all, [&](const NamedRecord& a, const NamedRecord& b) {
    const auto key = [](const NamedRecord& record) { return std::pair(record::time_of(record.body), record.id); };
    return query.newest_first ? key(b) < key(a) : key(a) < key(b);
  });
  if (all.size() > query.limit) all.resize(query.limit);
  return all;
}

TEST(ReaderModel, EveryAnswerIsWhatAModelSays) {
  std::mt19937_64 engine(seed());
  TemporaryDirectory directory;
  auto store = *open_real(directory, {.seal_count = 20});
  std::vector<NamedRecord> all;
  const auto moment = [&] { return kStart + base::Duration::seconds(static_cast<std::int64_t>(engine() % 500)); };
  for (std::uint64_t n = 1; n <= 400; n += 10) {
    std::vector<NamedRecord> batch;
    for (std::uint64_t i = n; i < n + 10; ++i) {
      const auto agent = static_cast<std::uint8_t>(1 + engine() % 2);
      batch.push_back({{agent_number(agent), 1, record::Lane::results, i}, result_at(moment())});
    }
    ASSERT_TRUE(store->append(batch));
    all.insert(all.end(), batch.begin(), batch.end());
    if (n == 301) ASSERT_TRUE(store->maintain(kStart));
  }
  const auto reader = Reader::open(directory.path());
  ASSERT_TRUE(reader);
  for (int round = 0; round < 300; ++round) {
    Query query{.limit = engine() % 60, .newest_first = engine() % 2 == 0};
    if (engine() % 2 == 0) query.from = moment();
    if (engine() % 2 == 0) query.to = moment();
    if (engine() % 3 == 0) query.agent = agent_number(1);
    ASSERT_EQ(reader->read(query)->records, expected(all, query));
  }
}

}  // namespace
}  // namespace holter::store
