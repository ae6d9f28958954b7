// Sessions that the settings name: SessionTable::set_expected().
#include <gtest/gtest.h>

#include <algorithm>

#include "heartbeat/session_table.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::SessionState;

const Path kPeer{{base::IpAddress::v4(0x7f000001), 40'000}};

Moment at(double seconds) {
  const auto ns = static_cast<std::int64_t>(seconds * 1e9);
  return {base::Instant::from_nanoseconds(ns), base::WallTime::from_nanoseconds(1'000'000'000'000 + ns)};
}

class Expected : public testing::Test {
 protected:
  Outcome hear(std::string_view name, double seconds, Duration interval = Duration::zero()) {
    Pulse pulse;
    pulse.incarnation = 7;
    pulse.sequence = ++sequence_;
    pulse.interval = interval;
    pulse.detect_multiplier = 3;
    pulse.name = name;
    const auto bytes = pulse.emit(paying_bytes(name.size()));
    Outcome out;
    table_.on_datagram(*PulseView::parse(bytes), record::Authentication::loopback, kPeer, at(seconds), out);
    return out;
  }
  // The states that sessions move to until then, as "db1 down".
  std::vector<std::string> run(double until) {
    Outcome out;
    for (auto next = table_.next_deadline(); next && *next <= at(until).instant; next = table_.next_deadline()) {
      table_.advance({*next, at(0).wall + (*next - base::Instant())}, out);
    }
    std::vector<std::string> moves;
    for (const auto& record : out.records) {
      const auto& change = std::get<record::PulseChange>(record);
      moves.push_back(change.session.raw() + ' ' + std::string(to_string(change.to)));
    }
    return moves;
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& session : table_.snapshot(at(0))) all.push_back(session.name.raw());
    std::ranges::sort(all);
    return all;
  }
  SessionStatus status(std::string_view name) {
    for (auto& session : table_.snapshot(at(1'000))) {
      if (session.name.raw() == name) return session;
    }
    ADD_FAILURE() << "no session " << name;
    return {};
  }

  SessionTable table_{SessionTableOptions{4, {}}, base::Instant()};
  std::uint64_t sequence_ = 0;
};

using Moves = std::vector<std::string>;

TEST_F(Expected, IsListedFromTheStartAndDownIfItNeverComes) {
  table_.set_expected({{.name = "db1", .interval = Duration::seconds(10)}}, at(0));
  EXPECT_EQ(status("db1").state, SessionState::init);
  EXPECT_EQ(status("db1").detection_time, Duration::seconds(30));
  EXPECT_EQ(run(29.9), Moves());
  EXPECT_EQ(run(30), Moves{"db1 down"}) << "there is no way to ask";
  EXPECT_FALSE(hear("db1", 40).records.empty());
  EXPECT_EQ(status("db1").state, SessionState::up);
}

TEST_F(Expected, IsAskedAsItsOwnOptionsSay) {
  table_.set_expected(
      {{.name = "db1", .interval = Duration::seconds(1), .asks = 1, .ask_spacing = Duration::seconds(5)}}, at(0));
  hear("db1", 1);
  hear("other", 1);
  EXPECT_EQ(status("db1").asks, 1U);
  EXPECT_EQ(status("other").asks, 3U);
  EXPECT_EQ(run(8.9), Moves{"db1 pulsing"});
  EXPECT_EQ(run(9), Moves{"db1 down"});
}

TEST_F(Expected, AnAnnouncedIntervalGoesBeforeTheConfiguredOne) {
  table_.set_expected({{.name = "db1", .interval = Duration::seconds(1)}}, at(0));
  hear("db1", 1, Duration::seconds(10));
  EXPECT_EQ(status("db1").detection_time, Duration::seconds(30));
  EXPECT_EQ(run(30.9), Moves());
}

TEST_F(Expected, NoLongerIsForgottenUnlessItWasHeardOf) {
  table_.set_expected({{.name = "a"}, {.name = "b", .asks = 9}, {.name = "c", .interval = Duration::seconds(2)}},
                      at(0));
  hear("b", 1);
  table_.set_expected({{.name = "c", .interval = Duration::seconds(2)}}, at(1));
  EXPECT_EQ(names(), (Moves{"b", "c"}));
  EXPECT_EQ(status("b").asks, 3U);
  EXPECT_EQ(run(6), Moves{"c down"}) << "the clock of a session that stays goes on";
  hear("c", 7);
  EXPECT_EQ(status("c").state, SessionState::up) << "found by its name in its new place";
}

TEST_F(Expected, LeavesTheStateOfALivingSessionAlone) {
  hear("db1", 1, Duration::seconds(1));
  table_.set_expected({{.name = "db1", .interval = Duration::seconds(60)}}, at(2));
  EXPECT_EQ(status("db1").state, SessionState::up);
  EXPECT_EQ(run(4.5), Moves{"db1 pulsing"});
}

TEST_F(Expected, AChangedDetectionTimeBeginsWithTheChange) {
  table_.set_expected({{.name = "never", .interval = Duration::seconds(10)}}, at(0));
  hear("cron", 1);
  table_.set_expected(
      {{.name = "never", .interval = Duration::hours(1)}, {.name = "cron", .interval = Duration::hours(24)}}, at(20));
  EXPECT_EQ(run(3 * 3'600), Moves()) << "neither the 30 s nor the 60 s of before";
  EXPECT_EQ(run(20 + 3 * 3'600), Moves{"never down"});
  table_.set_expected({}, at(20'000));
  EXPECT_EQ(names(), Moves{"cron"});
  EXPECT_EQ(run(20'059), Moves()) << "a message without an interval is judged as any other again, from then on";
  EXPECT_EQ(run(20'060), Moves{"cron pulsing"});
}

TEST_F(Expected, TheSameSettingsReadAgainChangeNoDeadline) {
  const std::vector<ExpectedSession> expected = {{.name = "db1", .interval = Duration::seconds(10)}};
  table_.set_expected(expected, at(0));
  for (int second = 1; second < 30; ++second) table_.set_expected(expected, at(second));
  EXPECT_EQ(run(30), Moves{"db1 down"});
}

TEST_F(Expected, NeverCameAndIsNotExpectedAfterTheRestart) {
  record::PulseChange never;
  never.session = base::UntrustedText("never");
  never.to = SessionState::down;
  record::PulseChange other = never;
  other.session = base::UntrustedText("other");
  Outcome out;
  table_.set_expected({{.name = "other"}}, at(0));
  table_.restore({never, other}, 0, 0, at(0), out);
  EXPECT_EQ(names(), Moves{"other"});
  EXPECT_EQ(status("other").state, SessionState::down) << "nothing is forgotten of what is expected";
}

TEST_F(Expected, CountsAgainstTheLimitLikeEveryOther) {
  table_.set_expected({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}, {.name = "e"}}, at(0));
  EXPECT_EQ(table_.size(), 4U);
  EXPECT_EQ(table_.counters().refused_full, 1U);
}

}  // namespace
}  // namespace holter::heartbeat
