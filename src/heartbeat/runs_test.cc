#include "heartbeat/runs.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;

base::Instant at(double seconds) { return base::Instant::from_nanoseconds(static_cast<std::int64_t>(seconds * 1e9)); }

TEST(Runs, AnEndBelongsToTheBeginBefore) {
  Runs runs;
  EXPECT_FALSE(runs.newest());
  runs.begin("", at(1));
  EXPECT_EQ(runs.newest(), at(1));
  runs.end("", at(13));
  EXPECT_EQ(runs.last(), Duration::seconds(12));
  EXPECT_FALSE(runs.newest());
  runs.end("", at(20));
  EXPECT_FALSE(runs.last());
}

TEST(Runs, AnIdTellsRunsApart) {
  Runs runs;
  runs.begin("a", at(0));
  runs.begin("b", at(10));
  runs.end("a", at(15));
  EXPECT_EQ(runs.last(), Duration::seconds(15));
  EXPECT_EQ(runs.newest(), at(10));
  runs.end("c", at(16));
  EXPECT_FALSE(runs.last());
  runs.end("b", at(17));
  EXPECT_EQ(runs.last(), Duration::seconds(7));
  EXPECT_FALSE(runs.newest());
}

TEST(Runs, OnlyTheOneThatBeganLastIsJudged) {
  Runs runs;
  runs.begin("a", at(0));
  runs.begin("b", at(10));
  runs.end("b", at(15));
  EXPECT_FALSE(runs.newest());
  runs.begin("c", at(20));
  EXPECT_EQ(runs.newest(), at(20));
}

TEST(Runs, ABeginThatIsRepeatedCounts) {
  Runs runs;
  runs.begin("a", at(0));
  runs.begin("a", at(5));
  runs.end("a", at(6));
  EXPECT_EQ(runs.last(), Duration::seconds(1));
}

TEST(Runs, ThreeDaysAreTooLong) {
  Runs runs;
  runs.begin("", at(0));
  runs.end("", at(0) + Runs::kLongest + Duration::nanoseconds(1));
  EXPECT_FALSE(runs.last());
}

TEST(Runs, OfTooManyTheOldestIsForgotten) {
  Runs runs;
  for (std::size_t i = 0; i <= Runs::kMaxOpen; ++i) runs.begin(std::to_string(i), at(static_cast<double>(i)));
  runs.end("0", at(100));
  EXPECT_FALSE(runs.last());
  runs.end("1", at(100));
  EXPECT_EQ(runs.last(), Duration::seconds(99));
}

}  // namespace
}  // namespace holter::heartbeat
