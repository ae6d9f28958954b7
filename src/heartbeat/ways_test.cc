// Sessions by whatever way they are heard: SessionTable::on_sign(), who is whom, and where the way back leads.
#include <gtest/gtest.h>

#include "heartbeat/session_table.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Authentication;
using record::Diagnostic;
using record::SessionState;
using record::Way;

base::Endpoint host(std::uint8_t last, std::uint16_t port = 40'000) {
  return {base::IpAddress::v4({192, 0, 2, last}), port};
}

const Path kLine{host(7), Way::line, 5};
const Path kPing{host(7, 0), Way::ping};

Moment at(double seconds) {
  const auto ns = static_cast<std::int64_t>(seconds * 1e9);
  return {base::Instant::from_nanoseconds(ns), base::WallTime::from_nanoseconds(1'000'000'000'000 + ns)};
}

class Ways : public testing::Test {
 protected:
  Outcome hear(double seconds, const Path& from, Sign sign = {}, std::string_view name = "db1") {
    sign.way = from.way;
    Outcome out;
    table_.on_sign(name, sign, from, at(seconds), out);
    return out;
  }
  static Sign proven(Sign::Kind kind = Sign::Kind::life, std::string_view text = {}) {
    Sign sign;
    sign.kind = kind;
    sign.authentication = Authentication::key;
    sign.text = text;
    return sign;
  }
  static std::vector<record::PulseChange> changes(const Outcome& out) {
    std::vector<record::PulseChange> all;
    for (const auto& record : out.records) {
      if (const auto* change = std::get_if<record::PulseChange>(&record)) all.push_back(*change);
    }
    return all;
  }
  Outcome run(double until) {
    Outcome out;
    for (auto next = table_.next_deadline(); next && *next <= at(until).instant; next = table_.next_deadline()) {
      table_.advance({*next, at(0).wall + (*next - base::Instant())}, out);
    }
    return out;
  }

  SessionTable table_{{8, {}, {}}, base::Instant()};
};

TEST_F(Ways, OfALongMessageTheBeginningIsShownAndAllOfItIsRecorded) {
  const std::string body(100'000, 'x');
  const Outcome out = hear(0, kLine, proven(Sign::Kind::message, body));
  EXPECT_EQ(std::get<record::PulseMessage>(out.records.at(1)).text.raw(), body);
  EXPECT_EQ(table_.snapshot(at(1)).at(0).last_message->text.size(), record::kShownMessageBytes);
}

TEST_F(Ways, ALineIsAskedOnItsConnection) {
  const Outcome first = hear(0, kLine);
  EXPECT_EQ(changes(first).at(0).way, Way::line);
  const Outcome out = run(60);
  ASSERT_EQ(out.replies.size(), 1U);
  EXPECT_EQ(out.replies[0].kind, Reply::Kind::ask);
  EXPECT_EQ(out.replies[0].path, kLine);
  EXPECT_EQ(changes(out).at(0).asks, 3U);
  EXPECT_EQ(changes(hear(61, kLine)).at(0).diagnostic, Diagnostic::answered);
}

TEST_F(Ways, AKnockOpensAndIsNoSignOfLife) {
  const Path segment{host(7), Way::segment, 1};
  const Sign knock{Sign::Kind::knock};
  EXPECT_EQ(changes(hear(0, segment, knock)).at(0).diagnostic, Diagnostic::first_message);
  EXPECT_TRUE(hear(59, {host(7, 41'000), Way::segment, 1}, knock).records.empty());
  const Outcome silent = run(60);
  EXPECT_EQ(changes(silent).at(0).to, SessionState::pulsing) << "the second knock did not count";
  EXPECT_EQ(silent.replies.at(0).path, segment);
  EXPECT_TRUE(hear(60.5, segment, knock).records.empty()) << "nor does one that comes while it is asked";
  EXPECT_EQ(changes(run(70)).back().to, SessionState::down);
  EXPECT_EQ(changes(hear(80, segment, knock)).at(0).diagnostic, Diagnostic::reopened);
  EXPECT_EQ(changes(hear(81, segment, {Sign::Kind::terminate})).at(0).to, SessionState::admin_down);
  EXPECT_EQ(changes(hear(82, segment, knock)).at(0).diagnostic, Diagnostic::reopened);
}

TEST(WaysOptions, SegmentsHaveTheirOwn) {
  SessionTableOptions options;
  options.limit = 2;
  options.segments = DetectorOptions{1, Duration::seconds(2), Duration::seconds(10)};
  SessionTable table(options, base::Instant());
  Outcome out;
  table.on_sign("a", {Sign::Kind::life, Way::segment}, {host(7), Way::segment, 1}, at(0), out);
  table.on_sign("b", {Sign::Kind::life, Way::line}, kLine, at(0), out);
  out = {};
  for (const double second : {9.9, 10.0, 11.9, 12.0}) table.advance(at(second), out);
  ASSERT_EQ(out.records.size(), 2U);
  const auto& asked = std::get<record::PulseChange>(out.records[0]);
  EXPECT_EQ(asked.session.raw(), "a");
  EXPECT_EQ(asked.silent_for, Duration::seconds(10));
  EXPECT_EQ(asked.asks, 1U);
  EXPECT_EQ(std::get<record::PulseChange>(out.records[1]).silent_for, Duration::seconds(12));
  SessionTable restarted(options, base::Instant());
  restarted.restore({asked}, 0, 0, at(0), out);
  EXPECT_EQ(restarted.snapshot(at(0)).at(0).detection_time, Duration::seconds(10));
  EXPECT_LE(*restarted.next_deadline(), at(10).instant);
}

TEST_F(Ways, APingUrlHasNoWayBackAndIsDownWithoutAsking) {
  hear(0, kPing);
  const auto moves = changes(run(25 * 3'600));
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves[0].to, SessionState::down);
  EXPECT_EQ(moves[0].diagnostic, Diagnostic::late);
}

TEST_F(Ways, AWayWithoutAWayBackDoesNotReplaceOneThatHasIt) {
  hear(0, kLine);
  hear(30, kPing);
  const Outcome out = run(90);
  ASSERT_EQ(out.replies.size(), 1U) << "silence counts from the ping";
  EXPECT_EQ(out.replies[0].path, kLine);
}

TEST_F(Ways, AMessageIsRecordedAndAcknowledged) {
  Sign sign = proven(Sign::Kind::message, "backup done");
  sign.number = 9;
  const Outcome out = hear(0, kLine, sign);
  const auto& message = std::get<record::PulseMessage>(out.records.back());
  EXPECT_EQ(message.text.raw(), "backup done");
  EXPECT_EQ(message.way, Way::line);
  EXPECT_EQ(message.authentication, Authentication::key);
  ASSERT_EQ(out.replies.size(), 1U);
  EXPECT_EQ(out.replies[0].number, 9U);
}

TEST_F(Ways, WhoSaysThatItFailedIsDownAtOnceAndUpWithTheNextSign) {
  hear(0, kPing);
  const auto failed = changes(hear(1, kPing, {Sign::Kind::failure, {}, {}, {}, "exit status 3"}));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].to, SessionState::down);
  EXPECT_EQ(failed[0].diagnostic, Diagnostic::failed);
  EXPECT_EQ(failed[0].reason.raw(), "exit status 3");
  EXPECT_TRUE(changes(hear(2, kPing, {Sign::Kind::failure, {}, {}, {}, "again"})).empty()) << "it is down already";
  EXPECT_EQ(changes(hear(3, kPing)).at(0).diagnostic, Diagnostic::reopened);
}

TEST_F(Ways, ATerminateOfNobodyIsAcknowledgedAndOpensNothing) {
  Sign sign = proven(Sign::Kind::terminate);
  sign.number = 4;
  const Outcome out = hear(0, kLine, sign);
  EXPECT_TRUE(out.records.empty());
  EXPECT_EQ(out.replies.at(0).number, 4U);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(Ways, WhoHasNoKeyIsAnotherSessionThanWhoHas) {
  hear(0, kLine, proven());
  hear(0, kLine);
  EXPECT_EQ(table_.size(), 2U);
  hear(50, kLine);
  const auto moves = changes(run(60));
  ASSERT_EQ(moves.size(), 1U) << "the one without a key does not keep the other alive";
  EXPECT_EQ(moves[0].authentication, Authentication::key);
}

TEST_F(Ways, WhoIsExpectedIsWhoeverComesFirstWithProof) {
  table_.set_expected({{.name = "db1", .interval = Duration::seconds(10)}}, at(0));
  hear(1, kLine);
  EXPECT_EQ(table_.size(), 2U) << "nothing proves it";
  hear(2, kLine, proven());
  EXPECT_EQ(table_.size(), 2U);
  EXPECT_EQ(table_.snapshot(at(2)).at(0).authentication, Authentication::key);
  EXPECT_EQ(table_.snapshot(at(2)).at(0).detection_time, Duration::seconds(30));
  table_.set_expected({}, at(3));
  EXPECT_EQ(table_.size(), 2U) << "it was heard";
}

TEST_F(Ways, AMovedAddressIsRecordedButNotAllTheTime) {
  hear(0, kLine, proven());
  const auto moved = changes(hear(1, {host(9), Way::line, 6}, proven()));
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].diagnostic, Diagnostic::moved);
  EXPECT_EQ(moved[0].from, SessionState::up);
  EXPECT_EQ(moved[0].to, SessionState::up);
  EXPECT_EQ(moved[0].peer, "192.0.2.9:40000");
  EXPECT_EQ(moved[0].reason.raw(), "192.0.2.7:40000");
  EXPECT_TRUE(changes(hear(2, kLine, proven())).empty());
  EXPECT_TRUE(changes(hear(3, {host(7, 41'000), Way::line, 7}, proven())).empty()) << "another port is no other place";
  EXPECT_EQ(changes(hear(61, {host(9), Way::line, 8}, proven())).size(), 1U);
  EXPECT_EQ(table_.counters().peer_moves, 3U);
}

TEST_F(Ways, ALineOfAJobLeavesTheIntervalOfTheBeaconInForce) {
  Pulse pulse;
  pulse.incarnation = 7;
  pulse.sequence = 1;
  pulse.interval = Duration::seconds(1);
  pulse.detect_multiplier = 3;
  pulse.name = "db1";
  const auto bytes = pulse.emit(paying_bytes(3));
  Outcome out;
  table_.on_datagram(*PulseView::parse(bytes), Authentication::key, {host(7)}, at(0), out);
  hear(1, kLine, proven(Sign::Kind::message, "backup done"));
  EXPECT_EQ(table_.snapshot(at(1)).at(0).detection_time, Duration::seconds(3));
}

TEST_F(Ways, SessionsAreToldInPortions) {
  for (const char* name : {"a", "b", "c"}) hear(0, kLine, {}, name);
  EXPECT_EQ(table_.snapshot(at(0), 1, 1).at(0).name.raw(), "b");
  EXPECT_EQ(table_.snapshot(at(0), 2, 5).size(), 1U);
  EXPECT_TRUE(table_.snapshot(at(0), 3, 5).empty());
}

TEST_F(Ways, ARestoredLineHasNoWayBackAndARestoredProofIsKept) {
  record::PulseChange change;
  change.session = base::UntrustedText("db1");
  change.peer = "192.0.2.7:40000";
  change.to = SessionState::up;
  change.way = Way::line;
  change.authentication = Authentication::key;
  change.interval = Duration::seconds(1);
  change.detect_multiplier = 5;
  Outcome out;
  table_.restore({change}, 0, 1, at(0), out);
  EXPECT_EQ(changes(out).at(0).to, SessionState::init);
  EXPECT_EQ(table_.snapshot(at(0)).at(0).detection_time, Duration::seconds(5));
  const Outcome later = run(10);
  EXPECT_TRUE(later.replies.empty());
  EXPECT_EQ(changes(later).at(0).to, SessionState::down);
  EXPECT_EQ(changes(later).at(0).authentication, Authentication::key);
}

TEST_F(Ways, WhoeverFindsNoRoomIsTold) {
  Outcome out;
  for (char name = 'a'; name <= 'h'; ++name) EXPECT_TRUE(table_.on_sign({&name, 1}, {}, kLine, at(0), out));
  EXPECT_FALSE(table_.on_sign("i", {}, kLine, at(0), out));
  EXPECT_TRUE(table_.on_sign("a", {}, kLine, at(0), out));
}

}  // namespace
}  // namespace holter::heartbeat
