#include "heartbeat/session_table.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Diagnostic;
using record::SessionState;

const Path kPeer{{base::IpAddress::v4(0x7f000001), 40'000}};
const Path kElsewhere{{base::IpAddress::v4(0x7f000002), 40'001}};

Moment at(double seconds) {
  const auto ns = static_cast<std::int64_t>(seconds * 1e9);
  return {base::Instant::from_nanoseconds(ns), base::WallTime::from_nanoseconds(1'000'000'000'000 + ns)};
}

class SessionTableTest : public testing::Test {
 protected:
  Pulse pulse(std::string_view name = "db1") {
    Pulse p;
    p.incarnation = 7;
    p.sequence = ++sequence_;
    p.interval = Duration::seconds(1);
    p.detect_multiplier = 3;
    p.name = name;
    return p;
  }
  Pulse message(std::uint32_t number, std::string_view text) {
    Pulse p = pulse();
    p.type = PulseType::message;
    p.number = number;
    p.text = text;
    return p;
  }
  Outcome hear(const Pulse& p, double seconds, Path from = kPeer, bool pays = true) {
    const auto bytes = p.emit(pays ? paying_bytes(p.name.size()) : smallest_bytes(p.name.size()));
    const auto view = PulseView::parse(bytes);
    Outcome out;
    EXPECT_TRUE(view.has_value());
    table_.on_datagram(*view, authentication_, from, at(seconds), out);
    return out;
  }
  // Calls advance() whenever the table asks for it, up to `until`.
  Outcome run(double until) {
    Outcome out;
    for (auto next = table_.next_deadline(); next && *next <= at(until).instant; next = table_.next_deadline()) {
      table_.advance({*next, at(0).wall + (*next - base::Instant())}, out);
    }
    return out;
  }
  static std::vector<SessionState> states(const Outcome& out) {
    std::vector<SessionState> all;
    for (const auto& record : out.records) {
      const auto* change = std::get_if<record::PulseChange>(&record);
      if (change != nullptr && change->diagnostic != Diagnostic::moved) all.push_back(change->to);
    }
    return all;
  }
  SessionStatus status() { return table_.snapshot(at(100)).at(0); }

  record::Authentication authentication_ = record::Authentication::loopback;
  SessionTableOptions options_{2, {}};
  SessionTable table_{options_, base::Instant()};
  std::uint64_t sequence_ = 0;
};

using S = SessionState;

TEST_F(SessionTableTest, LivesFallsSilentIsAskedAndGivenUp) {
  EXPECT_EQ(states(hear(pulse(), 0)), std::vector{S::up});
  EXPECT_TRUE(hear(pulse(), 1).records.empty());
  const Outcome out = run(60);
  EXPECT_EQ(states(out), (std::vector{S::pulsing, S::pulsing, S::pulsing, S::down}));
  const auto& last = std::get<record::PulseChange>(out.records.back());
  EXPECT_EQ(last.diagnostic, Diagnostic::gave_up);
  EXPECT_EQ(last.silent_for, Duration::seconds(6));
  EXPECT_EQ(last.peer, "127.0.0.1:40000");
  ASSERT_EQ(out.replies.size(), 3U);
  for (std::uint32_t k = 1; k <= 3; ++k) {
    const Reply& ask = out.replies[k - 1];
    EXPECT_EQ(ask.kind, Reply::Kind::ask);
    EXPECT_EQ(ask.number, k);
    EXPECT_EQ(ask.asks, 3U);
    EXPECT_EQ(ask.incarnation, 7U);
    EXPECT_EQ(ask.sequence, 2U);
  }
  EXPECT_EQ(states(hear(pulse(), 70)), std::vector{S::up});
}

TEST_F(SessionTableTest, AReplayIsNoSignOfLife) {
  const Pulse first = pulse();
  hear(first, 0);
  hear(first, 2);
  EXPECT_EQ(table_.counters().seen_before, 1U);
  run(3);
  EXPECT_EQ(status().state, S::pulsing);
  EXPECT_TRUE(hear(first, 3.5).records.empty());
}

TEST_F(SessionTableTest, AMessageIsRecordedOnceAndAcknowledgedEachTime) {
  const Pulse sent = message(1, "backup done");
  const Outcome out = hear(sent, 0);
  ASSERT_EQ(out.records.size(), 2U);
  EXPECT_EQ(std::get<record::PulseMessage>(out.records[1]).text.raw(), "backup done");
  const Outcome repeated = hear(message(1, "backup done"), 1);
  EXPECT_TRUE(repeated.records.empty());
  const Outcome duplicated = hear(sent, 1.5);
  EXPECT_TRUE(duplicated.records.empty());
  for (const Outcome* each : {&out, &repeated, &duplicated}) {
    ASSERT_EQ(each->replies.size(), 1U);
    EXPECT_EQ(each->replies[0].kind, Reply::Kind::ack);
    EXPECT_EQ(each->replies[0].number, 1U);
  }
  EXPECT_EQ(status().messages, 1U);
  EXPECT_EQ(status().last_message->text.raw(), "backup done");
  EXPECT_EQ(table_.counters().repeated_messages, 1U);
}

TEST_F(SessionTableTest, TerminateClosesAndADelayedPulseDoesNotReopen) {
  hear(pulse(), 0);
  const Pulse delayed = pulse();
  Pulse end = pulse();
  end.type = PulseType::terminate;
  end.number = 1;
  const Outcome out = hear(end, 1);
  EXPECT_EQ(states(out), std::vector{S::admin_down});
  EXPECT_EQ(out.replies.size(), 1U);
  EXPECT_TRUE(hear(delayed, 1.1).records.empty());
  EXPECT_EQ(hear(end, 1.2).replies.size(), 1U);
  EXPECT_TRUE(run(100).records.empty());
  EXPECT_EQ(states(hear(pulse(), 101)), std::vector{S::up});
}

TEST_F(SessionTableTest, TerminateOfAStrangerMakesNoSession) {
  Pulse end = pulse();
  end.type = PulseType::terminate;
  end.number = 1;
  EXPECT_EQ(hear(end, 0).replies.size(), 1U);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTableTest, NeverSendsMoreThanItWasSent) {
  hear(pulse(), 0, kPeer, false);
  EXPECT_EQ(run(60).replies.size(), 1U);
  EXPECT_EQ(table_.counters().replies_withheld, 2U);
}

TEST_F(SessionTableTest, AMovedPeerIsFollowedButAReplayMovesNothing) {
  const Pulse first = pulse();
  hear(first, 0);
  hear(first, 0.5, kElsewhere);
  EXPECT_EQ(status().peer, "127.0.0.1:40000");
  hear(pulse(), 1, kElsewhere);
  EXPECT_EQ(status().peer, "127.0.0.2:40001");
  EXPECT_EQ(table_.counters().peer_moves, 1U);
}

TEST_F(SessionTableTest, AFullTableRefusesNewNamesAndCounts) {
  hear(pulse("a"), 0);
  hear(pulse("b"), 0);
  EXPECT_TRUE(hear(pulse("c"), 0).records.empty());
  EXPECT_EQ(table_.size(), 2U);
  EXPECT_EQ(table_.counters().refused_full, 1U);
  hear(pulse("a"), 1);
  EXPECT_EQ(status().pulses, 2U);
}

TEST_F(SessionTableTest, AnObserverGapIsOneRecordAndNoSessionFalls) {
  hear(pulse("a"), 0);
  hear(pulse("b"), 0);
  Outcome out;
  table_.on_observer_gap(Duration::seconds(3'600), at(3'601), out);
  table_.advance(at(3'601), out);
  ASSERT_EQ(out.records.size(), 1U);
  const auto& gap = std::get<record::Gap>(out.records[0]);
  EXPECT_EQ(gap.cause, record::GapCause::suspended);
  EXPECT_EQ(gap.where, "heartbeat");
  EXPECT_EQ(gap.to - gap.from, Duration::seconds(3'600));
  EXPECT_TRUE(run(3'603.9).records.empty());
  EXPECT_EQ(states(run(3'604)), (std::vector{S::pulsing, S::pulsing}));
}

TEST_F(SessionTableTest, ARestartGivesEachSessionOneDetectionTime) {
  record::PulseChange known;
  known.session = base::UntrustedText("db1");
  known.peer = "127.0.0.1:40000";
  known.at = at(-50).wall;
  known.to = S::up;
  known.interval = Duration::seconds(1);
  record::PulseChange closed = known;
  closed.session = base::UntrustedText("old");
  closed.to = S::down;
  Outcome out;
  table_.restore({known, closed}, 0, 1, at(0), out);
  EXPECT_EQ(states(out), std::vector{S::init});
  EXPECT_EQ(status().state, S::init);
  EXPECT_FALSE(status().last_heard);
  EXPECT_TRUE(run(2.9).records.empty());
  const Outcome later = run(60);
  EXPECT_EQ(states(later), (std::vector{S::pulsing, S::pulsing, S::pulsing, S::down}));
  ASSERT_EQ(later.replies.size(), 3U);
  EXPECT_EQ(later.replies[0].path.peer, kPeer.peer);
  EXPECT_EQ(table_.snapshot(at(60))[1].state, S::down);
}

TEST_F(SessionTableTest, AWallClockStepOfAYearChangesNothing) {
  hear(pulse(), 0);
  Outcome out;
  Moment stepped = at(1);
  stepped.wall = stepped.wall + Duration::hours(24 * 365);
  table_.advance(stepped, out);
  EXPECT_TRUE(out.records.empty());
  EXPECT_EQ(status().state, S::up);
}

// What `holter pulse --message` is to a hub: a beacon of its own that announces nothing, says one thing and leaves.
class Guests : public SessionTableTest {
 protected:
  Pulse guest(PulseType type, std::uint32_t number) {
    Pulse p{type, number, incarnation_, number, {}, {}, 3, "db1", type == PulseType::message ? "done" : ""};
    p.leaves = type == PulseType::terminate;
    return p;
  }
  Outcome visit(double seconds) {
    ++incarnation_;
    EXPECT_EQ(hear(guest(PulseType::message, 1), seconds, kElsewhere).replies.size(), 1U);
    return hear(guest(PulseType::terminate, 2), seconds, kElsewhere);
  }

  std::uint64_t incarnation_ = 99;
};

TEST_F(Guests, OneThatLeavesClosesTheSessionThatNobodyElseKeeps) {
  const Outcome left = visit(1);
  EXPECT_EQ(states(left), std::vector<S>{S::admin_down});
  EXPECT_EQ(left.replies.size(), 1U);
  EXPECT_TRUE(states(run(1'000)).empty()) << "no alarm for who ended in good order";
}

TEST_F(Guests, OneThatLeavesClosesNothingThatAnotherKeeps) {
  hear(pulse(), 1);
  const Outcome left = visit(1.5);
  EXPECT_TRUE(states(left).empty());
  EXPECT_EQ(left.replies.size(), 1U) << "it is acknowledged all the same";
  EXPECT_EQ(status().state, S::up);
  EXPECT_EQ(status().interval, Duration::seconds(1)) << "a guest announces nothing for the keeper";
  EXPECT_EQ(status().last_message->text.raw(), "done");
  hear(pulse(), 2);
  EXPECT_TRUE(states(run(4.9)).empty());
  EXPECT_EQ(states(run(100)), (std::vector<S>{S::pulsing, S::pulsing, S::pulsing, S::down}))
      << "the keeper's death is still found out in its detection time";
}

TEST_F(Guests, TheKeeperThatLeavesClosesIt) {
  hear(pulse(), 1);
  visit(1.5);
  Pulse end = pulse();
  end.type = PulseType::terminate;
  end.number = 1;
  end.leaves = true;
  EXPECT_EQ(states(hear(end, 2)), std::vector<S>{S::admin_down});
  EXPECT_EQ(states(visit(3)), std::vector<S>{S::admin_down}) << "the keeper is gone: the session is the guest's";
}

TEST_F(Guests, AfterTheKeeperIsDownTheSessionIsTheGuests) {
  hear(pulse(), 1);
  run(100);
  ASSERT_EQ(status().state, S::down);
  EXPECT_EQ(states(visit(101)), std::vector<S>{S::admin_down});
}

TEST_F(Guests, ATerminateThatIsMeantForTheSessionClosesItFromAnywhere) {
  hear(pulse(), 1);
  Pulse close = guest(PulseType::terminate, 1);
  close.leaves = false;
  EXPECT_EQ(states(hear(close, 2, kElsewhere)), std::vector<S>{S::admin_down});
}

TEST_F(Guests, OneThatLeavesDoesNotEndWhatTheSettingsExpect) {
  table_.set_expected({{.name = "db1", .interval = Duration::hours(1)}}, at(0));
  EXPECT_TRUE(states(visit(1)).empty());
  EXPECT_EQ(status().state, S::up);
  EXPECT_TRUE(states(run(3 * 3'600)).empty());
  EXPECT_EQ(states(run(4 * 3'600)), (std::vector<S>{S::pulsing, S::pulsing, S::pulsing, S::down}))
      << "the job did not run again";
}

TEST_F(Guests, AnExpectedSessionWithoutAnIntervalIsClosedByWhoLeaves) {
  table_.set_expected({{.name = "db1"}}, at(0));
  EXPECT_EQ(states(visit(1)), std::vector<S>{S::admin_down});
}

}  // namespace
}  // namespace holter::heartbeat
