// Jobs: sessions that are judged by a schedule, and what ping URLs say of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/units.h"
#include "heartbeat/session_table.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Authentication;
using record::Diagnostic;
using record::SessionState;
using Kind = Sign::Kind;

const Path kPing{{base::IpAddress::v4(0xc0000207), 40'000}, record::Way::ping, 0};
const Path kPulse{{base::IpAddress::v4(0x7f000001), 40'000}};
// 2026-03-28, 12:00 UTC.
const base::WallTime kStart = base::WallTime::from_nanoseconds(1'774'699'200'000'000'000);

class Scheduled : public testing::Test {
 protected:
  static Moment at(Duration since_start) { return {base::Instant() + since_start, kStart + since_start}; }
  static Moment at(std::string_view text) { return at(base::parse_duration(text).value()); }

  std::vector<std::string> say(Kind kind, Moment now, std::string_view text = "", std::string_view run = "",
                               std::string_view reason = "") {
    Sign sign;
    sign.kind = kind;
    sign.way = record::Way::ping;
    sign.authentication = Authentication::key;
    sign.text = text;
    sign.run = run;
    sign.reason = reason;
    Outcome out;
    table_.on_sign("backup", sign, kPing, now, out);
    return told(out);
  }

  // What comes until then, as "backup down late".
  std::vector<std::string> run_until(Moment until) {
    Outcome out;
    for (auto next = table_.next_deadline(); next && *next <= until.instant; next = table_.next_deadline()) {
      table_.advance({*next, until.wall - (until.instant - *next)}, out);
    }
    return told(out);
  }

  static std::vector<std::string> told(const Outcome& out) {
    std::vector<std::string> told;
    for (const auto& record : out.records) {
      if (const auto* message = std::get_if<record::PulseMessage>(&record)) {
        told.push_back("message " + message->text.raw());
      } else if (const auto* change = std::get_if<record::PulseChange>(&record)) {
        std::string text(record::to_string(change->to));
        text += ' ' + std::string(record::to_string(change->diagnostic));
        if (!change->reason.empty()) text += ": " + change->reason.raw();
        told.push_back(std::move(text));
      }
    }
    return told;
  }

  void expect(Schedule schedule, Moment now) {
    ExpectedSession session{"backup"};
    session.schedule = std::move(schedule);
    table_.set_expected({session}, now);
  }

  SessionStatus status(Moment now) const { return table_.snapshot(now).at(0); }

  static Schedule nightly() {
    return Schedule::by_cron(CronExpression::parse("30 2 * * *").value(), TimeZone::find("Europe/Berlin").value(),
                             Duration::minutes(10));
  }

  SessionTable table_{{8, {}, {}}, base::Instant()};
  Outcome unwanted_;
};

using Told = std::vector<std::string>;

TEST_F(Scheduled, APingedSessionHasADayAndAnHour) {
  EXPECT_EQ(say(Kind::life, at("1s")), Told{"up first_message"});
  EXPECT_EQ(status(at("1s")).schedule, "every 1d");
  EXPECT_EQ(status(at("1s")).due, at(Duration::hours(24) + Duration::seconds(1)).wall);
  EXPECT_EQ(run_until(at("24h")), Told{});
  EXPECT_EQ(say(Kind::life, at("24h")), Told{});
  EXPECT_EQ(run_until(at(Duration::hours(49) - Duration::milliseconds(1))), Told{});
  EXPECT_EQ(run_until(at("49h")), Told{"down late: was due at 2026-03-30T12:00:00Z, every 1d"});
  EXPECT_EQ(say(Kind::life, at("60h")), Told{"up reopened"});
}

TEST_F(Scheduled, ACronSessionIsDueByTheClockOfItsPlace) {
  expect(nightly(), at("1s"));
  EXPECT_EQ(status(at("1s")).schedule, "at 30 2 * * * in Europe/Berlin");
  // The clocks skip 02:30: the job runs at 03:00, which is 01:00 UTC.
  EXPECT_EQ(base::to_string(*status(at("1s")).due, 0), "2026-03-29T01:00:00Z");
  EXPECT_EQ(say(Kind::life, at("13h")), Told{"up first_message"});
  EXPECT_EQ(base::to_string(*status(at("13h")).due, 0), "2026-03-30T00:30:00Z");
  EXPECT_EQ(run_until(at("36h")), Told{});
  EXPECT_EQ(run_until(at("37h")), Told{"down late: was due at 2026-03-30T00:30:00Z, at 30 2 * * * in Europe/Berlin"});
}

TEST_F(Scheduled, OneThatNeverComesIsDown) {
  expect(Schedule::every(Duration::hours(1), Duration::minutes(1)), at("1s"));
  EXPECT_EQ(run_until(at("1h")), Told{});
  EXPECT_EQ(run_until(at("62m")).size(), 1);
  EXPECT_EQ(status(at("62m")).state, SessionState::down);
}

TEST_F(Scheduled, WithAWayBackItIsAskedFirst) {
  expect(Schedule::every(Duration::hours(1), Duration::minutes(1)), at("1s"));
  Outcome out;
  Sign sign;
  sign.kind = Kind::message;
  sign.authentication = Authentication::loopback;
  sign.text = "hello";
  table_.on_sign("backup", sign, {kPulse.peer, record::Way::line, 3}, at("2s"), out);
  EXPECT_EQ(run_until(at("2h")),
            (Told{"pulsing detection_time_expired", "pulsing detection_time_expired", "pulsing detection_time_expired",
                  "down late: was due at 2026-03-28T13:00:05Z, every 1h"}));
}

TEST_F(Scheduled, AFailureIsDownAtOnceWithItsReason) {
  say(Kind::life, at("1s"));
  EXPECT_EQ(say(Kind::failure, at("2s"), "disk full\nline 2", "", "exit status 3"),
            (Told{"down failed: exit status 3", "message disk full\nline 2"}));
  EXPECT_EQ(say(Kind::failure, at("3s"), "", "", "exit status 4"), Told{});
  EXPECT_EQ(run_until(at("100h")), Told{});
  EXPECT_EQ(say(Kind::life, at("101h"), "fine"), (Told{"up reopened", "message fine"}));
}

TEST_F(Scheduled, ANoteChangesNoState) {
  EXPECT_EQ(say(Kind::note, at("1s"), "looking around"), Told{"message looking around"});
  EXPECT_EQ(status(at("1s")).state, SessionState::init);
  EXPECT_EQ(run_until(at("100h")), Told{});
  say(Kind::failure, at("101h"));
  EXPECT_EQ(say(Kind::note, at("102h"), "still looking"), Told{"message still looking"});
  EXPECT_EQ(status(at("102h")).state, SessionState::down);
  say(Kind::life, at("103h"));
  EXPECT_EQ(say(Kind::note, at("127h"), "x"), Told{"message x"});
  EXPECT_EQ(run_until(at("128h")).size(), 1);  // a day and an hour after it was heard, not after the note
}

TEST_F(Scheduled, ARunThatBeginsHasItsGraceToEnd) {
  say(Kind::life, at("1s"));
  EXPECT_EQ(say(Kind::start, at("10s")), Told{});
  EXPECT_EQ(status(at("15s")).running_since, at("10s").wall);
  EXPECT_FALSE(status(at("15s")).due);
  EXPECT_EQ(say(Kind::life, at("22s")), Told{});
  EXPECT_EQ(status(at("23s")).last_run, Duration::seconds(12));
  EXPECT_FALSE(status(at("23s")).running_since);
  EXPECT_EQ(run_until(at("20h")), Told{});
  say(Kind::start, at("20h"));
  EXPECT_EQ(run_until(at("21h")), Told{"down late: began and did not end within 1h"});
  EXPECT_EQ(say(Kind::start, at("22h")), Told{});
  EXPECT_EQ(status(at("22h")).state, SessionState::down);
  EXPECT_EQ(say(Kind::life, at("23h")), Told{"up reopened"});
  EXPECT_EQ(status(at("23h")).last_run, Duration::hours(1));
}

TEST_F(Scheduled, ARunKeepsItsSessionWhenAnotherIsForgotten) {
  table_.set_expected({ExpectedSession{"never heard"}}, at("1s"));
  say(Kind::start, at("2s"));
  table_.set_expected({}, at("3s"));
  ASSERT_EQ(table_.size(), 1U);
  EXPECT_EQ(status(at("4s")).running_since, at("2s").wall);
  Sign sign;
  table_.on_sign("new in its place", sign, kPulse, at("5s"), unwanted_);
  EXPECT_FALSE(table_.snapshot(at("6s")).at(1).running_since);
}

TEST_F(Scheduled, AStartDoesNotPutOffWhatIsLate) {
  expect(Schedule::every(Duration::hours(1), Duration::minutes(10)), at("1s"));
  say(Kind::life, at("2s"));
  say(Kind::start, at("65m"));
  EXPECT_EQ(run_until(at(Duration::minutes(70) + Duration::seconds(2))),
            Told{"down late: began and did not end within 10m"});
}

TEST_F(Scheduled, AFirstStartWaitsForItsEnd) {
  EXPECT_EQ(say(Kind::start, at("1s")), Told{});
  EXPECT_EQ(status(at("2s")).state, SessionState::init);
  EXPECT_EQ(say(Kind::life, at("3s")), Told{"up first_message"});
}

TEST_F(Scheduled, OfRunsAtTheSameTimeTheNewestIsJudged) {
  say(Kind::life, at("1s"));
  say(Kind::start, at("10s"), "", "a");
  say(Kind::start, at("30m"), "", "b");
  say(Kind::life, at("40m"), "", "a");
  EXPECT_EQ(status(at("40m")).last_run, Duration::minutes(40) - Duration::seconds(10));
  EXPECT_EQ(run_until(at("89m")), Told{});
  EXPECT_EQ(run_until(at("90m")), Told{"down late: began and did not end within 1h"});
}

TEST_F(Scheduled, AStepOfTheClockMakesNobodyLate) {
  expect(nightly(), at("1s"));
  say(Kind::life, at("13h"));
  const Duration year = Duration::hours(24 * 365);
  Outcome out;
  table_.advance({at("14h").instant, at("14h").wall + year}, out);
  table_.advance({at("15h").instant, at("15h").wall - year}, out);
  EXPECT_EQ(told(out), Told{});
  EXPECT_EQ(run_until(at("36h")), Told{});
}

TEST_F(Scheduled, WhatWasDueWhileNobodyLookedIsDueTheNextTime) {
  expect(Schedule::every(Duration::hours(2), Duration::minutes(10)), at("1s"));
  say(Kind::life, at("2s"));
  Outcome out;
  table_.on_observer_gap(Duration::hours(1), at("151m"), out);  // away from 91 min to 151 min; due at 120 min
  EXPECT_EQ(run_until(at("280m")), Told{});
  EXPECT_EQ(run_until(at("281m")).size(), 1);
}

TEST_F(Scheduled, WhatWasLateBeforeAGapHasItsGraceLonger) {
  expect(Schedule::every(Duration::hours(2), Duration::minutes(10)), at("1s"));
  say(Kind::life, at("2s"));
  Outcome out;
  table_.on_observer_gap(Duration::minutes(3), at("125m"), out);
  EXPECT_EQ(run_until(at("133m")), Told{});
  EXPECT_EQ(run_until(at("134m")).size(), 1);
}

TEST_F(Scheduled, AGapBeforeItIsDueChangesNothing) {
  say(Kind::life, at("1s"));
  Outcome out;
  table_.on_observer_gap(Duration::hours(3), at("20h"), out);
  EXPECT_EQ(status(at("20h")).due, at(Duration::hours(24) + Duration::seconds(1)).wall);
}

TEST_F(Scheduled, ARestartWaitsForTheNextTime) {
  record::PulseChange change;
  change.session = base::UntrustedText("backup");
  change.peer = "192.0.2.7:40000";
  change.to = SessionState::up;
  change.way = record::Way::ping;
  change.authentication = Authentication::key;
  Outcome out;
  table_.restore({change}, 0, 0, at("1s"), out);
  EXPECT_EQ(told(out), Told{"init restored"});
  EXPECT_EQ(run_until(at("25h")), Told{});
  EXPECT_EQ(run_until(at("26h")).size(), 1);
}

TEST_F(Scheduled, AnotherScheduleHoldsAtOnceAndTheSameChangesNothing) {
  expect(Schedule::every(Duration::hours(2), Duration::minutes(10)), at("1s"));
  say(Kind::life, at("2s"));
  expect(Schedule::every(Duration::hours(2), Duration::minutes(10)), at("1h"));
  EXPECT_EQ(status(at("1h")).due, at(Duration::hours(2) + Duration::seconds(2)).wall);
  expect(Schedule::every(Duration::hours(4), Duration::minutes(10)), at("1h"));
  EXPECT_EQ(status(at("1h")).due, at("5h").wall);
  table_.set_expected({}, at("2h"));
  EXPECT_EQ(status(at("2h")).schedule, "every 1d");
}

TEST_F(Scheduled, AnAnnouncedIntervalGoesBeforeASchedule) {
  expect(Schedule::every(Duration::hours(2), Duration::minutes(10)), at("1s"));
  Sign sign;
  sign.authentication = Authentication::key;
  sign.announced = {Duration::seconds(10), 3};
  Outcome out;
  table_.on_sign("backup", sign, kPulse, at("2s"), out);
  EXPECT_EQ(status(at("3s")).detection_time, Duration::seconds(30));
  EXPECT_EQ(status(at("3s")).schedule, "");
  EXPECT_EQ(run_until(at("60s")).back(), "down gave_up");
}

}  // namespace
}  // namespace holter::heartbeat
