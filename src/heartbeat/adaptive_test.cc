// Sessions whose detection time follows what is learnt of them.
#include <gtest/gtest.h>

#include "heartbeat/session_table.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::SessionState;

const Path kPeer{{base::IpAddress::v4(0x7f000001), 40'000}};
constexpr Duration kSecond = Duration::seconds(1);

class Adaptive : public testing::Test {
 protected:
  explicit Adaptive(bool adaptive = true) : table_(options(adaptive), base::Instant()) {}

  static SessionTableOptions options(bool adaptive) {
    SessionTableOptions options;
    options.limit = 8;
    options.detector.asks = 0;
    options.detector.adaptive = adaptive;
    return options;
  }
  Moment now() const { return {now_, base::WallTime::from_nanoseconds(1'000'000'000'000) + (now_ - base::Instant())}; }

  // Time passes; deadlines are judged as they come.
  void pass(Duration span) {
    const base::Instant end = now_ + span;
    for (auto next = table_.next_deadline(); next && *next < end; next = table_.next_deadline()) {
      now_ = std::max(now_, *next);
      table_.advance(now(), out_);
    }
    now_ = end;
  }
  void hear(PulseType type = PulseType::pulse, Duration interval = kSecond, std::string_view name = "db1") {
    Pulse pulse;
    pulse.type = type;
    pulse.incarnation = incarnation_;
    pulse.sequence = ++sequence_;
    pulse.interval = interval;
    pulse.detect_multiplier = 5;
    pulse.number =
        type == PulseType::message || type == PulseType::terminate ? static_cast<std::uint32_t>(sequence_) : 0;
    pulse.text = type == PulseType::message ? "hello" : "";
    pulse.name = name;
    const auto bytes = pulse.emit(paying_bytes(name.size()));
    table_.on_datagram(*PulseView::parse(bytes), record::Authentication::loopback, kPeer, now(), out_);
  }
  void pulses(int times, Duration interval = kSecond) {
    for (int i = 0; i < times; ++i) {
      pass(interval);
      hear(PulseType::pulse, interval);
    }
  }
  SessionStatus status() { return table_.snapshot(now()).at(0); }
  double detection_time() { return status().detection_time.in_seconds(); }
  std::size_t downs() const {
    std::size_t count = 0;
    for (const auto& record : out_.records) {
      const auto* change = std::get_if<record::PulseChange>(&record);
      if (change != nullptr && change->to == SessionState::down) ++count;
    }
    return count;
  }

  SessionTable table_;
  base::Instant now_ = base::Instant::from_nanoseconds(1'000'000'000);
  Outcome out_;
  std::uint64_t incarnation_ = 7;
  std::uint64_t sequence_ = 0;
};

class Fixed : public Adaptive {
 protected:
  Fixed() : Adaptive(false) {}
};

TEST_F(Fixed, LearnsNothing) {
  pulses(3'000);
  EXPECT_EQ(detection_time(), 5);
  EXPECT_FALSE(status().suspicion);
}

TEST_F(Adaptive, AnEndOnAGoodLinkIsNoticedEarly) {
  pulses(3'000);
  EXPECT_NEAR(detection_time(), 3.125, 0.01);
  EXPECT_EQ(status().suspicion, 0);
  pass(Duration::milliseconds(3'100));
  EXPECT_EQ(status().state, SessionState::up);
  EXPECT_GT(*status().suspicion, 3);
  pass(Duration::milliseconds(50));
  EXPECT_EQ(status().state, SessionState::down);
  EXPECT_FALSE(status().suspicion);
}

TEST_F(Adaptive, RunsThatWereSeenAreBorne) {
  for (int i = 0; i < 200; ++i) {
    pulses(10);
    pass(Duration::seconds(i % 4));
  }
  EXPECT_EQ(downs(), 0U);
  EXPECT_GT(detection_time(), 6);
  EXPECT_LE(detection_time(), 10);
  pass(Duration::seconds(6));
  EXPECT_EQ(status().state, SessionState::up);
  pass(Duration::seconds(5));
  EXPECT_EQ(status().state, SessionState::down);
}

TEST_F(Adaptive, MessagesAndAnswersAreNotRegular) {
  for (int i = 0; i < 1'500; ++i) {
    pulses(1);
    pass(Duration::milliseconds(430));
    hear(i % 2 == 0 ? PulseType::message : PulseType::answer);
    now_ = now_ - Duration::milliseconds(430);
  }
  EXPECT_NEAR(detection_time(), 3.125, 0.01);
}

TEST_F(Adaptive, WhatTheObserverMissedIsNoLoss) {
  pulses(3'000);
  for (int i = 0; i < 20; ++i) {
    now_ += Duration::seconds(4);
    table_.on_observer_gap(Duration::seconds(4), now(), out_);
    EXPECT_EQ(*table_.next_deadline() - now_, Duration::milliseconds(3'125)) << "a whole one again";
    pulses(10);
  }
  EXPECT_NEAR(detection_time(), 3.125, 0.01);
}

TEST_F(Adaptive, ABeaconThatBeginsAnewHasLostNothing) {
  pulses(3'000);
  for (int i = 0; i < 20; ++i) {
    hear(PulseType::terminate);
    pass(Duration::seconds(3));
    pulses(5);
    ++incarnation_;
    pass(Duration::seconds(2));
    pulses(5);
  }
  EXPECT_EQ(downs(), 0U);
  EXPECT_NEAR(detection_time(), 3.125, 0.01);
}

TEST_F(Adaptive, ARunThatWasTakenForAnEndIsLearntToo) {
  pulses(3'000);
  pass(Duration::seconds(4));
  EXPECT_EQ(status().state, SessionState::down);
  pulses(2);
  EXPECT_EQ(status().state, SessionState::up);
  EXPECT_GT(detection_time(), 5);
}

TEST_F(Adaptive, AnotherIntervalIsAnotherRhythm) {
  pulses(3'000);
  pulses(1, Duration::seconds(2));
  EXPECT_EQ(detection_time(), 10);
  pulses(3'000, Duration::seconds(2));
  EXPECT_NEAR(detection_time(), 6.25, 0.02);
  incarnation_ = 8;
  hear(PulseType::message, Duration::zero());
  EXPECT_NEAR(detection_time(), 6.25, 0.02);
}

TEST_F(Adaptive, TwoBeaconsOfOneNameTeachNothing) {
  for (int i = 0; i < 1'000; ++i) {
    incarnation_ = 7;
    pass(Duration::milliseconds(300));
    hear();
    incarnation_ = 8;
    pass(Duration::milliseconds(700));
    hear();
  }
  EXPECT_EQ(detection_time(), 5);
}

TEST_F(Fixed, OneSessionMayBeAdaptiveAndStopBeingSo) {
  hear(PulseType::pulse, Duration::seconds(60), "other");
  hear(PulseType::pulse, kSecond, "db2");
  table_.set_expected({{.name = "never"}, {.name = "db2", .adaptive = true}}, now());
  for (int i = 0; i < 3'000; ++i) {
    pass(kSecond);
    hear(PulseType::pulse, kSecond, "db2");
  }
  const auto of = [this](std::string_view name) {
    for (const auto& session : table_.snapshot(now())) {
      if (session.name.raw() == name) return session;
    }
    return SessionStatus();
  };
  EXPECT_NEAR(of("db2").detection_time.in_seconds(), 3.125, 0.01);
  EXPECT_EQ(of("other").detection_time, Duration::seconds(300));
  table_.set_expected({{.name = "db2", .adaptive = true}}, now());
  EXPECT_NEAR(of("db2").detection_time.in_seconds(), 3.125, 0.01) << "read again, and another was forgotten";
  table_.set_expected({}, now());
  EXPECT_EQ(of("db2").detection_time, Duration::seconds(5));
  table_.set_expected({{.name = "db2", .adaptive = true}}, now());
  EXPECT_EQ(of("db2").detection_time, Duration::seconds(5)) << "what was learnt before is old";
}

TEST(Rhythms, FollowTheirRow) {
  Rhythms rhythms;
  EXPECT_EQ(rhythms.find(5'000), nullptr);
  for (int i = 0; i < 100; ++i) {
    rhythms.at(5'000).on_pulse(base::Instant() + kSecond * (i + 1), 7, {kSecond, 5});
  }
  EXPECT_TRUE(rhythms.find(5'000)->silence.warm());
  EXPECT_FALSE(rhythms.find(5'001)->silence.warm());
  EXPECT_EQ(rhythms.find(1), nullptr) << "there is no chunk of it";
  rhythms.move(5'000, 1);
  EXPECT_TRUE(rhythms.find(1)->silence.warm());
  EXPECT_FALSE(rhythms.find(5'000)->silence.warm());
  rhythms.move(4'000, 1);
  EXPECT_FALSE(rhythms.find(1)->silence.warm());
}

}  // namespace
}  // namespace holter::heartbeat
