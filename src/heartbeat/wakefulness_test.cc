#include "heartbeat/wakefulness.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;
using base::WallTime;

constexpr Duration kFast = Duration::milliseconds(300);

struct Hub {
  Wakefulness::Reading reading{Instant::from_nanoseconds(0), WallTime::from_nanoseconds(0), {}};
  Wakefulness wakefulness{reading};

  Wakefulness::Finding after(Duration passed, Duration lag, std::optional<Duration> shortest = kFast,
                             Duration slept = {}, Duration stepped = {}) {
    reading.now = reading.now + passed;
    reading.wall = reading.wall + passed + stepped;
    reading.suspended = reading.suspended + slept;
    return wakefulness.on_look(reading, lag, shortest);
  }
};

TEST(Wakefulness, ALoopThatIsInTimeIsNothing) {
  Hub hub;
  const auto found = hub.after(Duration::milliseconds(250), Duration::milliseconds(5));
  EXPECT_FALSE(found.away);
  EXPECT_FALSE(found.hold);
  EXPECT_EQ(found.stepped, Duration::zero());
}

TEST(Wakefulness, AStopIsAnAbsenceOfItsLength) {
  Hub hub;
  const auto found = hub.after(Duration::seconds(30), Duration::milliseconds(29'750));
  EXPECT_TRUE(found.away);
  EXPECT_FALSE(found.suspended);
  EXPECT_EQ(found.away_for, Duration::seconds(30));
}

TEST(Wakefulness, AnHourAsleepIsASuspensionEvenWhenTheLoopWasInTime) {
  Hub hub;
  const auto found = hub.after(Duration::hours(1), {}, kFast, Duration::hours(1) - Duration::seconds(1));
  EXPECT_TRUE(found.away);
  EXPECT_TRUE(found.suspended);
  EXPECT_EQ(found.away_for, Duration::hours(1));
  EXPECT_FALSE(hub.after(Duration::milliseconds(250), {}).away) << "it is told once";
}

TEST(Wakefulness, LateIsMeasuredByTheShortestDetectionTimeThatIsDue) {
  Hub hub;
  const Duration lag = Duration::milliseconds(100);
  const auto fast = hub.after(Duration::milliseconds(300), lag);
  EXPECT_FALSE(fast.away);
  EXPECT_EQ(fast.hold, hub.reading.now + lag);
  EXPECT_FALSE(hub.after(Duration::milliseconds(300), lag, Duration::seconds(3)).hold);
  EXPECT_FALSE(hub.after(Duration::milliseconds(300), lag, std::nullopt).hold) << "nobody is due";
}

TEST(Wakefulness, LateAgainAndAgainIsAnAbsence) {
  Hub hub;
  const Duration lag = Duration::milliseconds(200);
  Duration passed;
  for (;;) {
    const auto found = hub.after(Duration::milliseconds(400), lag);
    passed = passed + Duration::milliseconds(400);
    if (found.away) {
      EXPECT_GT(found.away_for, Wakefulness::kLateTogether);
      break;
    }
    EXPECT_TRUE(found.hold);
    ASSERT_LE(passed, Duration::seconds(4));
  }
  hub.after(Duration::milliseconds(400), lag);
  hub.after(Duration::milliseconds(400), {});
  const auto found = hub.after(Duration::seconds(2), lag);
  EXPECT_FALSE(found.away) << "it was in time between";
}

TEST(Wakefulness, AStepOfTheWallClockIsNotedAndNothingElse) {
  for (const Duration step : {Duration::hours(24 * 365), Duration::seconds(-2)}) {
    Hub hub;
    const auto found = hub.after(Duration::milliseconds(250), {}, kFast, {}, step);
    EXPECT_EQ(found.stepped, step);
    EXPECT_FALSE(found.away);
    EXPECT_FALSE(found.hold);
    EXPECT_EQ(hub.after(Duration::milliseconds(250), {}).stepped, Duration::zero());
  }
}

TEST(Wakefulness, AClockThatIsSlewedIsNoStep) {
  Hub hub;
  for (int second = 0; second < 10'000; ++second) {
    EXPECT_EQ(hub.after(Duration::seconds(1), {}, kFast, {}, Duration::microseconds(500)).stepped, Duration::zero());
  }
}

}  // namespace
}  // namespace holter::heartbeat
