// The budget is hard: whatever is appended, the directory never holds more, and what is removed is named.
#include <gmock/gmock.h>

#include "store/test_support.h"

namespace holter::store {
namespace {

using base::Duration;

constexpr std::size_t kProbeResult = 0;
constexpr std::size_t kPulseMessage = 2;
constexpr std::size_t kPacket = 4;
constexpr std::size_t kGap = 7;

std::uint64_t seed() {
  const char* given = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "HOLTER_SEED=" << seed << "\n";
  return seed;
}

std::uint64_t lost_in(const std::vector<record::NamedRecord>& gaps, record::Lane lane) {
  std::uint64_t lost = 0;
  for (const auto& record : gaps) {
    const auto& gap = std::get<record::Gap>(record.body);
    EXPECT_EQ(gap.cause, record::GapCause::budget);
    if (gap.lane == lane) lost += gap.count;
  }
  return lost;
}

TEST(Budget, TheDirectoryNeverOutgrowsIt) {
  std::mt19937_64 engine(seed());
  TemporaryDirectory directory;
  const std::uint64_t budget = kMinBudgetBytes;
  auto store = *open_real(directory, {.budget_bytes = budget});
  std::vector<record::NamedRecord> gaps;
  std::uint64_t next = 1;
  std::uint64_t biggest = 0;
  for (std::uint64_t written = 0; written < 3 * budget;) {
    std::vector<record::NamedRecord> batch;
    const std::uint64_t count = 1 + engine() % (engine() % 4 == 0 ? 2'000 : 50);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::size_t bytes = engine() % 1'000;
      batch.push_back(result_number(next++, 1, noise(engine, bytes)));
      written += bytes;
    }
    const auto stored = store->append(batch);
    ASSERT_TRUE(stored) << base::to_string(stored.error());
    ASSERT_EQ(stored->stored, count);
    biggest = std::max(biggest, directory.bytes());
    ASSERT_LT(directory.bytes(), budget);
    if (engine() % 5 != 0) continue;
    auto removed = store->maintain(kStart + Duration::seconds(static_cast<std::int64_t>(next)));
    ASSERT_TRUE(removed) << base::to_string(removed.error());
    gaps.insert(gaps.end(), removed->begin(), removed->end());
    ASSERT_LT(directory.bytes(), budget);
  }
  EXPECT_GT(biggest, budget / 2);
  const auto left = *store->maintain(kStart);
  gaps.insert(gaps.end(), left.begin(), left.end());
  const auto counts = store->reader().counts();
  EXPECT_EQ((*counts)[kProbeResult] + lost_in(gaps, record::Lane::results), next - 1);
  EXPECT_EQ((*counts)[kGap], gaps.size());
  // What was removed does not come back.
  EXPECT_EQ(store->append(results(1, 10))->duplicates, 10U);
}

record::Record packet(std::mt19937_64& engine) {
  record::PacketRecord packet;
  packet.captured_at = base::PacketTime::from_nanoseconds(kStart.in_nanoseconds());
  packet.source = noise(engine, 400);
  return packet;
}

TEST(Budget, PacketsGoFirstAndIncidentsLast) {
  std::mt19937_64 engine(7);
  TemporaryDirectory directory;
  auto store = *open_real(directory, {.budget_bytes = kMinBudgetBytes});
  record::PulseMessage message;
  message.at = kStart;
  const std::vector<record::Record> incident{message};
  ASSERT_TRUE(store->append_own(incident));
  std::vector<record::Record> some;
  for (int i = 0; i < 3'000; ++i) some.push_back(result_at(kStart, noise(engine, 400)));
  ASSERT_TRUE(store->append_own(some));
  for (int round = 0; round < 30; ++round) {
    std::vector<record::Record> packets;
    for (int i = 0; i < 3'000; ++i) packets.push_back(packet(engine));
    const auto stored = store->append_own(packets);
    ASSERT_TRUE(stored) << base::to_string(stored.error());
  }
  const auto counts = *store->reader().counts();
  EXPECT_LT(counts[kPacket], 90'000U);
  EXPECT_EQ(counts[kProbeResult], 3'000U);
  EXPECT_EQ(counts[kPulseMessage], 1U);
}

TEST(Budget, ALowerBudgetShrinksTheFiles) {
  std::mt19937_64 engine(7);
  TemporaryDirectory directory;
  {
    auto store = *open_real(directory);
    for (std::uint64_t n = 0; n < 60; ++n) {
      std::vector<record::NamedRecord> batch;
      for (std::uint64_t i = 1; i <= 2'100; ++i) batch.push_back(result_number(n * 2'100 + i, 1, noise(engine, 500)));
      ASSERT_TRUE(store->append(batch));
    }
  }
  ASSERT_GT(directory.bytes(), kMinBudgetBytes);
  auto store = *open_real(directory, {.budget_bytes = kMinBudgetBytes});
  const auto gaps = store->maintain(kStart);
  ASSERT_TRUE(gaps) << base::to_string(gaps.error());
  EXPECT_LT(directory.bytes(), kMinBudgetBytes);
  EXPECT_GT((*store->reader().counts())[kProbeResult], 10'000U);
  EXPECT_FALSE(gaps->empty());
}

TEST(Budget, LongMessagesAreKeptWholeInTheTailInBlocksAndAfterReopening) {
  constexpr std::size_t kBytes = base::kUntrustedTextLimit;
  std::mt19937_64 engine(seed());
  TemporaryDirectory directory;
  const Options options{.budget_bytes = kMinBudgetBytes};
  std::vector<record::NamedRecord> messages;
  for (std::uint64_t n = 1; n <= 150; ++n) {
    const base::WallTime at = kStart + Duration::seconds(static_cast<std::int64_t>(n));
    messages.push_back({{agent_number(1), 1, record::Lane::incidents, n},
                        record::PulseMessage{.session = base::UntrustedText("job"),
                                             .peer = "",
                                             .at = at,
                                             .at_instant = {},
                                             .text = base::UntrustedText(noise(engine, kBytes))}});
  }
  const auto kept = [&messages](const Store& store) {
    const auto answer = store.reader().read({.type = kPulseMessage, .limit = 1'000});
    return answer && answer->records == messages;
  };
  {
    auto store = *open_real(directory, options);
    for (std::size_t at = 0; at < messages.size(); at += 30) {
      ASSERT_EQ(store->append(std::span(messages).subspan(at, 30))->stored, 30U);
    }
    EXPECT_TRUE(kept(*store));
    EXPECT_TRUE(store->maintain(kStart + Duration::hours(24))->empty());
    EXPECT_TRUE(kept(*store));
    ASSERT_LT(directory.bytes(), kMinBudgetBytes);
  }
  EXPECT_TRUE(kept(**open_real(directory, options)));
}

TEST(Budget, AnAppendLargerThanATransactionIsRefused) {
  std::mt19937_64 engine(7);
  TemporaryDirectory directory;
  auto store = *open_real(directory, {.budget_bytes = kMinBudgetBytes});
  std::vector<record::NamedRecord> batch;
  for (std::uint64_t n = 1; n <= 200; ++n) batch.push_back(result_number(n, 1, noise(engine, 60'000)));
  EXPECT_EQ(store->append(batch).error().kind, base::ErrorKind::too_large);
  EXPECT_EQ(store->append(std::span(batch).first(50))->stored, 50U);
}

}  // namespace
}  // namespace holter::store
