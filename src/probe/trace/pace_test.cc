#include "probe/trace/pace.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using base::Duration;
using base::Instant;

const base::IpAddress kRouter = base::IpAddress::v4({192, 0, 2, 1});
constexpr Instant kStart = Instant::from_nanoseconds(1'000'000'000'000);

TEST(RouterPace, AnswersWidenTheWindow) {
  RouterPace pace;
  std::uint32_t first = 0;
  for (; pace.ready(kRouter, kStart); ++first) pace.asked(kRouter, kStart);
  EXPECT_EQ(first, RouterPace::kFirstWindow);
  for (std::uint32_t i = 0; i < first; ++i) {
    pace.ended(kRouter);
    pace.answered(kRouter);
  }
  std::uint32_t second = 0;
  for (; pace.ready(kRouter, kStart); ++second) pace.asked(kRouter, kStart);
  EXPECT_EQ(second, 2 * first);
}

TEST(RouterPace, WhoLeftAQuestionOpenIsAskedOnceASecond) {
  RouterPace pace;
  pace.asked(kRouter, kStart);
  pace.ended(kRouter);
  EXPECT_FALSE(pace.limits(kRouter));
  pace.left_open(kRouter, kStart);
  EXPECT_TRUE(pace.is_spent(kRouter, kStart));
  int asked = 0;
  Instant now = kStart;
  for (; now < kStart + Duration::seconds(10); now += Duration::milliseconds(10)) {
    if (!pace.ready(kRouter, now)) continue;
    EXPECT_FALSE(pace.is_spent(kRouter, now));
    pace.asked(kRouter, now);
    ++asked;
  }
  EXPECT_GE(asked, 8);
  EXPECT_LE(asked, 10);
}

TEST(RouterPace, ARunOfAnswersHurriesItAgain) {
  RouterPace pace;
  pace.left_open(kRouter, kStart);
  Instant now = kStart;
  int asked = 0;
  for (; now < kStart + Duration::minutes(1); now += Duration::milliseconds(10)) {
    if (!pace.ready(kRouter, now)) continue;
    pace.asked(kRouter, now);
    pace.ended(kRouter);
    pace.answered(kRouter);
    ++asked;
  }
  EXPECT_GT(asked, 500);
}

TEST(RouterPace, ForgetsTheIdleWhenItIsFull) {
  RouterPace pace;
  for (std::uint32_t i = 0; i < RouterPace::kMaxRouters + 10; ++i) {
    const auto router = base::IpAddress::v4(0x0a000000U + i);
    pace.asked(router, kStart);
    if (i != 3) pace.ended(router);
  }
  EXPECT_LE(pace.size(), RouterPace::kMaxRouters);
  EXPECT_GE(pace.size(), 2U);
}

}  // namespace
}  // namespace holter::probe
