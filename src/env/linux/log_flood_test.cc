#include "env/linux/log_flood.h"

#include <gtest/gtest.h>

namespace holter::env_linux {
namespace {

using env::LogLevel;

base::Instant at(std::int64_t ms) { return base::Instant::from_nanoseconds(ms * 1'000'000); }

TEST(LogFlood, LetsABurstOfEachMessagePassEverySecond) {
  LogFlood flood;
  for (std::uint32_t i = 0; i < kLogBurst; ++i) EXPECT_TRUE(flood.admit(LogLevel::info, "a", "m", at(0)));
  EXPECT_FALSE(flood.admit(LogLevel::info, "a", "m", at(999)));
  EXPECT_FALSE(flood.admit(LogLevel::error, "a", "m", at(999)));
  EXPECT_TRUE(flood.admit(LogLevel::debug, "a", "m", at(999)));
  EXPECT_TRUE(flood.admit(LogLevel::info, "a", "other", at(999)));
  EXPECT_TRUE(flood.admit(LogLevel::info, "b", "m", at(999)));
  EXPECT_TRUE(flood.admit(LogLevel::info, "a", "m", at(1'000)));
}

TEST(LogFlood, TellsOnceWhatWasHeldWhenTheSecondIsOver) {
  LogFlood flood;
  for (std::uint32_t i = 0; i < kLogBurst + 7; ++i) flood.admit(LogLevel::warn, "a", "m", at(0));
  EXPECT_TRUE(flood.take_held(at(999)).empty());
  const auto held = flood.take_held(at(1'000));
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].level, LogLevel::warn);
  EXPECT_EQ(held[0].component, "a");
  EXPECT_EQ(held[0].message, "m");
  EXPECT_EQ(held[0].lines, 7U);
  EXPECT_TRUE(flood.take_held(at(2'000)).empty());
  for (std::uint32_t i = 0; i < kLogBurst + 1; ++i) flood.admit(LogLevel::warn, "a", "m", at(2'000));
  EXPECT_EQ(flood.take_all().size(), 1U);
}

TEST(LogFlood, RemembersABoundedNumberOfMessages) {
  LogFlood flood;
  std::size_t passed = 0;
  for (std::size_t i = 0; i < 3 * kMaxLogMessages; ++i) {
    passed += flood.admit(LogLevel::info, "a", std::to_string(i), at(0)) ? 1 : 0;
  }
  EXPECT_EQ(passed, kMaxLogMessages + kLogBurst);
  EXPECT_EQ(flood.take_all().at(0).lines, 2 * kMaxLogMessages - kLogBurst);
}

}  // namespace
}  // namespace holter::env_linux
