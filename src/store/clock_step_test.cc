// The wall clock is set while the store is full: what goes is still what came first, and questions by time are answered
// by what each record says of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "store/test_support.h"

namespace holter::store {
namespace {

using base::Duration;

constexpr Duration kYear = Duration::seconds(365 * 86'400);
constexpr Duration kYearBack = Duration::seconds(-365 * 86'400);
constexpr std::uint64_t kBatch = 2'100;       // more than half a block: not through the tail
constexpr std::uint64_t kBudgetful = 80'000;  // records of 500 bytes: more than the least budget

struct Step {
  const char* name;
  Duration by;
  std::uint64_t batch;
};

class SteppedClock : public testing::TestWithParam<Step> {
 protected:
  // A record a second by a clock that is set at number `step_at_`, and back at `back_at_`.
  record::NamedRecord number(std::uint64_t n) {
    base::WallTime at = kStart + Duration::seconds(static_cast<std::int64_t>(n));
    if (n >= step_at_ && n < back_at_) at = at + GetParam().by;
    return {{agent_number(1), 1, record::Lane::results, n}, result_at(at, noise(engine_, 500))};
  }
  void fill(Store& store) {
    for (std::uint64_t next = 1; next <= kBudgetful;) {
      std::vector<record::NamedRecord> batch;
      for (std::uint64_t i = 0; i < GetParam().batch; ++i) batch.push_back(number(next++));
      const auto stored = store.append(batch);
      ASSERT_TRUE(stored) << base::to_string(stored.error());
      last_ = next - 1;
      ASSERT_TRUE(store.maintain(kStart + Duration::seconds(static_cast<std::int64_t>(next))));
    }
  }
  std::vector<std::uint64_t> kept(Store& store) {
    auto left = numbers(store.reader().read({.limit = kMaxReadRecords})->records);
    std::ranges::sort(left);
    return left;
  }
  void expect_the_last_ones(Store& store) {
    const auto left = kept(store);
    ASSERT_FALSE(left.empty());
    EXPECT_GT(left.front(), 1U) << "the budget was never reached";
    EXPECT_GT(left.size(), 20'000U);
    EXPECT_EQ(left.back(), last_);
    EXPECT_EQ(left.back() - left.front() + 1, left.size()) << "something newer went before something older";
  }

  static std::vector<record::NamedRecord> all_since(Store& store, base::WallTime since) {
    std::vector<record::NamedRecord> told;
    PageQuery query{.types = {0}, .from = since, .newest_first = false, .limit = 1'000};
    for (;;) {
      auto page = store.reader().page(query);
      EXPECT_TRUE(page);
      std::ranges::move(page->records, std::back_inserter(told));
      if (!page->next) return told;
      query.after = page->next;
    }
  }

  std::mt19937_64 engine_{7};
  TemporaryDirectory directory_;
  std::uint64_t step_at_ = 60'000;
  std::uint64_t back_at_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t last_ = 0;
};

// `--since` asks for the time that the records say.
TEST_P(SteppedClock, WhatCameFirstGoesFirstAndIsFoundByTheTimeItSays) {
  auto store = *open_real(directory_, {.budget_bytes = kMinBudgetBytes});
  fill(*store);
  expect_the_last_ones(*store);
  for (const Duration offset : {Duration(), GetParam().by}) {
    const base::WallTime since = kStart + offset + Duration::seconds(static_cast<std::int64_t>(last_) - 5'000);
    const auto after = [since](const record::NamedRecord& named) { return record::time_of(named.body) >= since; };
    const auto all = store->reader().read({.limit = kMaxReadRecords})->records;
    std::vector<record::NamedRecord> expected;
    std::ranges::copy_if(all, std::back_inserter(expected), after);
    const auto told = all_since(*store, since);
    EXPECT_TRUE(told == expected) << told.size() << " told, " << expected.size() << " expected";
  }
}

TEST_P(SteppedClock, WhatIsOfAnotherTimeGoesInItsTurn) {
  step_at_ = 5'000;
  back_at_ = 10'000;
  auto store = *open_real(directory_, {.budget_bytes = kMinBudgetBytes});
  fill(*store);
  expect_the_last_ones(*store);
}

INSTANTIATE_TEST_SUITE_P(All, SteppedClock,
                         testing::Values(Step{"a_year_ahead", kYear, kBatch}, Step{"a_year_back", kYearBack, kBatch},
                                         Step{"two_seconds_back", Duration::seconds(-2), kBatch},
                                         Step{"a_year_ahead_by_the_tail", kYear, 1'000}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(ClockStep, TheNewestChangeOfASessionIsTheOneThatCameLast) {
  TemporaryDirectory directory;
  auto store = *open_real(directory);
  record::PulseChange change;
  change.session = base::UntrustedText("db1");
  change.at = kStart + kYear;
  change.to = record::SessionState::down;
  const record::Record ahead = change;
  change.at = kStart;
  change.to = record::SessionState::up;
  const record::Record now = change;
  ASSERT_TRUE(store->append_own(std::span(&ahead, 1)));
  ASSERT_TRUE(store->append_own(std::span(&now, 1)));
  const auto latest = store->reader().latest_pulse_changes();
  ASSERT_EQ(latest->records.size(), 1U);
  EXPECT_EQ(latest->records.front().body, now);
}

// Sealing waits for a minute by a clock that may be set.
TEST(ClockStep, TheTailIsSealedWithinAMinuteAfterAnyStep) {
  for (const Duration step : {kYear, kYearBack, Duration::seconds(-2)}) {
    TemporaryDirectory directory;
    auto store = *open_real(directory);
    const auto in_tail = [&] {
      SQLite::Database database(directory.database(), SQLite::OPEN_READONLY);
      return database.execAndGet("SELECT count(*) FROM tail").getInt64();
    };
    ASSERT_TRUE(store->append(results(1, 3)));
    ASSERT_TRUE(store->maintain(kStart));
    ASSERT_TRUE(store->maintain(kStart + step));
    ASSERT_TRUE(store->maintain(kStart + step + Duration::seconds(61)));
    EXPECT_EQ(in_tail(), 0) << step.in_nanoseconds();
  }
}

}  // namespace
}  // namespace holter::store
