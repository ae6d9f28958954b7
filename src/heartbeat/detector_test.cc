#include "heartbeat/detector.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;
using record::Diagnostic;
using record::SessionState;

constexpr Announced kEverySecond{Duration::seconds(1), 3};
constexpr DetectorOptions kDefaults{};

Instant at(double seconds) { return Instant::from_nanoseconds(static_cast<std::int64_t>(seconds * 1e9)); }

// A detector brought into `state` at second 0, last heard then (pulsing: detection ended at 3 s, asked once).
Detector in_state(SessionState state) {
  Detector detector(at(0));
  if (state == SessionState::init) return Detector::restored(at(0), SessionState::up, kEverySecond, kDefaults);
  detector.on_heard(at(0), kEverySecond, kDefaults);
  if (state == SessionState::admin_down) detector.on_terminate(at(0));
  if (state == SessionState::pulsing || state == SessionState::down) detector.on_deadline(at(3), kDefaults);
  if (state == SessionState::down) {
    for (int i = 4; i <= 6; ++i) detector.on_deadline(at(i), kDefaults);
  }
  EXPECT_EQ(detector.state(), state);
  return detector;
}

struct Step {
  SessionState from;
  enum { heard, terminate, deadline } event;
  SessionState to;
  std::optional<Diagnostic> change;
  bool ask;
};

TEST(Detector, EveryTransition) {
  using S = SessionState;
  using D = Diagnostic;
  const std::vector<Step> steps = {
      {S::init, Step::heard, S::up, D::first_message, false},
      {S::init, Step::terminate, S::admin_down, D::terminated, false},
      {S::init, Step::deadline, S::pulsing, D::detection_time_expired, true},
      {S::up, Step::heard, S::up, std::nullopt, false},
      {S::up, Step::terminate, S::admin_down, D::terminated, false},
      {S::up, Step::deadline, S::pulsing, D::detection_time_expired, true},
      {S::pulsing, Step::heard, S::up, D::answered, false},
      {S::pulsing, Step::terminate, S::admin_down, D::terminated, false},
      {S::pulsing, Step::deadline, S::pulsing, D::detection_time_expired, true},
      {S::down, Step::heard, S::up, D::reopened, false},
      {S::down, Step::terminate, S::admin_down, D::terminated, false},
      {S::down, Step::deadline, S::down, std::nullopt, false},
      {S::admin_down, Step::heard, S::up, D::reopened, false},
      {S::admin_down, Step::terminate, S::admin_down, std::nullopt, false},
      {S::admin_down, Step::deadline, S::admin_down, std::nullopt, false},
  };
  for (const Step& step : steps) {
    SCOPED_TRACE(std::string(to_string(step.from)) + " event " + std::to_string(step.event));
    Detector detector = in_state(step.from);
    const Effects effects = step.event == Step::heard       ? detector.on_heard(at(10), kEverySecond, kDefaults)
                            : step.event == Step::terminate ? detector.on_terminate(at(10))
                                                            : detector.on_deadline(at(10), kDefaults);
    EXPECT_EQ(detector.state(), step.to);
    EXPECT_EQ(effects.ask, step.ask);
    ASSERT_EQ(effects.change.has_value(), step.change.has_value());
    if (!effects.change) continue;
    EXPECT_EQ(effects.change->from, step.from);
    EXPECT_EQ(effects.change->to, step.to);
    EXPECT_EQ(effects.change->diagnostic, *step.change);
    EXPECT_EQ(effects.change->silent_for, Duration::seconds(10));
  }
}

TEST(Detector, AsksThreeTimesASecondApartThenGivesUp) {
  Detector detector(at(0));
  detector.on_heard(at(0), kEverySecond, kDefaults);
  EXPECT_EQ(detector.next_deadline(), at(3));
  EXPECT_FALSE(detector.on_deadline(at(2.999), kDefaults).ask);
  for (std::uint32_t k = 1; k <= 3; ++k) {
    EXPECT_TRUE(detector.on_deadline(at(2.0 + k), kDefaults).ask);
    EXPECT_EQ(detector.asked(), k);
    EXPECT_EQ(detector.next_deadline(), at(3.0 + k));
  }
  const Effects last = detector.on_deadline(at(6), kDefaults);
  EXPECT_EQ(last.change->diagnostic, Diagnostic::gave_up);
  EXPECT_EQ(detector.state(), SessionState::down);
  EXPECT_EQ(detector.next_deadline(), std::nullopt);
}

TEST(Detector, WithoutAsksItIsDownAtTheDetectionTime) {
  DetectorOptions options;
  options.asks = 0;
  Detector detector(at(0));
  detector.on_heard(at(0), {Duration::milliseconds(100), 3}, options);
  EXPECT_EQ(detector.next_deadline(), at(0.3));
  EXPECT_EQ(detector.on_deadline(at(0.3), options).change->to, SessionState::down);
}

TEST(Detector, WithoutAnIntervalItAsksAfterAMinute) {
  Detector detector(at(0));
  detector.on_heard(at(0), {}, kDefaults);
  EXPECT_EQ(detector.next_deadline(), at(60));
}

TEST(Detector, AHostileIntervalIsRaised) {
  Detector detector(at(0));
  detector.on_heard(at(0), {Duration::milliseconds(1), 1}, kDefaults);
  EXPECT_EQ(detector.next_deadline(), at(0.01));
}

TEST(Detector, TheIntervalMayChangeInEveryPulse) {
  Detector detector(at(0));
  detector.on_heard(at(0), kEverySecond, kDefaults);
  detector.on_heard(at(1), {Duration::seconds(10), 5}, kDefaults);
  EXPECT_EQ(detector.next_deadline(), at(51));
}

TEST(Detector, AfterAnObserverGapEverybodyHasAWholeDetectionTime) {
  for (const auto state : {SessionState::init, SessionState::up, SessionState::pulsing}) {
    Detector detector = in_state(state);
    detector.on_observer_gap(at(3'600), kDefaults);
    EXPECT_EQ(detector.state(), state);
    if (state != SessionState::pulsing) {
      EXPECT_EQ(detector.next_deadline(), at(3'603));
      continue;
    }
    // Asked anew from the first ask.
    EXPECT_TRUE(detector.on_deadline(at(3'600), kDefaults).ask);
    EXPECT_EQ(detector.asked(), 1U);
  }
  Detector closed = in_state(SessionState::down);
  closed.on_observer_gap(at(3'600), kDefaults);
  EXPECT_EQ(closed.next_deadline(), std::nullopt);
}

TEST(Detector, ClosedSessionsAreRestoredClosed) {
  for (const auto state : {SessionState::down, SessionState::admin_down}) {
    const Detector detector = Detector::restored(at(0), state, kEverySecond, kDefaults);
    EXPECT_EQ(detector.state(), state);
    EXPECT_EQ(detector.next_deadline(), std::nullopt);
  }
}

// Against the promise itself: never past up while heard within the detection time, always down at the detection time
// plus N asks after the last sign of life.
TEST(Detector, KeepsItsPromiseOnRandomLives) {
  const char* given = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("HOLTER_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  for (int life = 0; life < 2'000; ++life) {
    DetectorOptions options;
    options.asks = static_cast<std::uint8_t>(random() % 5);
    const Announced announced{Duration::milliseconds(static_cast<std::int64_t>(10 + random() % 5'000)),
                              static_cast<std::uint8_t>(1 + random() % 9)};
    Instant now = at(0);
    Detector detector(now);
    const Duration detection = announced.interval * announced.detect_multiplier;
    for (int i = 0; i < 20; ++i) {
      detector.on_heard(now, announced, options);
      const auto gap = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(detection.in_nanoseconds()));
      now += Duration::nanoseconds(gap);
      ASSERT_FALSE(detector.on_deadline(now, options).change) << "judged while pulses arrived";
    }
    const Instant dead_since = detector.last_heard();
    while (const auto deadline = detector.next_deadline()) {
      now = *deadline;
      detector.on_deadline(now, options);
    }
    ASSERT_EQ(detector.state(), SessionState::down);
    ASSERT_EQ(now, dead_since + detection + options.ask_spacing * options.asks);
  }
}

}  // namespace
}  // namespace holter::heartbeat
