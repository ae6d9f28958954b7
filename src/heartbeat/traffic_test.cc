// Sessions that are heard by their traffic: in the table, and with a listener whose capture comes and goes.
#include <gtest/gtest.h>

#include <algorithm>

#include "heartbeat/listener.h"
#include "heartbeat/traffic_desk.h"
#include "sim/world.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::IpAddress;
using record::Authentication;
using record::Diagnostic;
using record::SessionState;
using record::Way;

const IpAddress kPrinter4 = IpAddress::v4({192, 0, 2, 7});
const IpAddress kPrinter6 = IpAddress::parse("2001:db8::7").value();
constexpr LinkIndex kEth0 = 2;

Moment at(double seconds) {
  const auto ns = static_cast<std::int64_t>(seconds * 1e9);
  return {base::Instant::from_nanoseconds(ns), base::WallTime::from_nanoseconds(1'000'000'000'000 + ns)};
}

ExpectedSession printer(Duration interval = Duration::seconds(10)) {
  return {.name = "printer", .interval = interval, .detect_multiplier = 3, .traffic = {kPrinter4, kPrinter6}};
}

using Moves = std::vector<std::string>;

Moves moves_in(const std::vector<record::Record>& records) {
  Moves moves;
  for (const auto& record : records) {
    const auto* change = std::get_if<record::PulseChange>(&record);
    if (change == nullptr) continue;
    moves.push_back(change->session.raw() + ' ' + std::string(to_string(change->to)) + ", " +
                    std::string(to_string(change->diagnostic)));
  }
  return moves;
}

class Traffic : public testing::Test {
 protected:
  Moves hear(double seconds, const IpAddress& address = kPrinter4, LinkIndex link = kEth0) {
    Sign sign;
    sign.way = Way::traffic;
    sign.authentication = kAwaited;
    return say(seconds, sign, {{address, 0}, Way::traffic, 0, link});
  }
  Moves say(double seconds, const Sign& sign, const Path& from) {
    Outcome out;
    table_.on_sign("printer", sign, from, at(seconds), out);
    return moves_in(out.records);
  }
  Moves run(double until) {
    Outcome out;
    for (auto next = table_.next_deadline(); next && *next <= at(until).instant; next = table_.next_deadline()) {
      table_.advance({*next, at(0).wall + (*next - base::Instant())}, out);
    }
    EXPECT_TRUE(out.replies.empty()) << "there is no way to ask";
    return moves_in(out.records);
  }
  void hears(double seconds) { table_.renew(kCaptureLink, Duration::zero(), at(seconds)); }
  Moves close_unawaited(double seconds) {
    Outcome out;
    table_.close_unawaited(at(seconds), out);
    return moves_in(out.records);
  }
  SessionStatus status(double seconds, Authentication authentication = kAwaited) {
    for (auto& session : table_.snapshot(at(seconds))) {
      if (session.authentication == authentication) return session;
    }
    ADD_FAILURE() << "no such session";
    return {};
  }

  SessionTable table_{SessionTableOptions{8, {}}, base::Instant()};
};

TEST_F(Traffic, IsUpWhenHeardDownWhenSilentAndUpAgain) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  EXPECT_EQ(hear(5), Moves{"printer up, first_message"});
  EXPECT_EQ(hear(20), Moves());
  EXPECT_EQ(run(49.9), Moves());
  EXPECT_EQ(run(50), Moves{"printer down, gave_up"});
  EXPECT_EQ(hear(60), Moves{"printer up, reopened"});
  EXPECT_EQ(status(60).way, Way::traffic);
  EXPECT_EQ(status(60).peer, "192.0.2.7");
  EXPECT_EQ(status(60).pulses, 3U);
}

TEST_F(Traffic, OneThatNeverComesIsDownAfterADetectionTimeOfHearing) {
  table_.set_expected({printer()}, at(0));
  EXPECT_EQ(status(0).way, Way::traffic);
  EXPECT_EQ(run(1'000), Moves()) << "nobody has said that frames are heard";
  EXPECT_EQ(status(1'000).state, SessionState::blind);
  hears(1'000);
  EXPECT_EQ(status(1'000).state, SessionState::init);
  EXPECT_EQ(run(1'029.9), Moves());
  EXPECT_EQ(run(1'030), Moves{"printer down, gave_up"});
}

TEST_F(Traffic, AddressesOfOneHostAreNoMoves) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  hear(1, kPrinter4);
  EXPECT_EQ(hear(2, kPrinter6), Moves());
  EXPECT_EQ(status(2).peer, "2001:db8::7");
  EXPECT_EQ(hear(3, kPrinter4), Moves());
  EXPECT_EQ(table_.counters().peer_moves, 0U);
}

TEST_F(Traffic, WhileNothingIsCapturedNobodyIsJudged) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  hear(5);
  table_.hold(kCaptureLink, true);
  EXPECT_EQ(table_.open_over(kCaptureLink), 1U);
  EXPECT_EQ(status(30).state, SessionState::blind);
  EXPECT_EQ(run(500), Moves());
  table_.renew(kCaptureLink, Duration::seconds(400), at(500));
  EXPECT_EQ(status(500).state, SessionState::up);
  EXPECT_EQ(run(529.9), Moves());
  EXPECT_EQ(run(530), Moves{"printer down, gave_up"});
}

TEST_F(Traffic, ItIsJudgedOnlyWhenItsLinkAndTheCaptureHear) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  hear(5);
  table_.hold(kEth0, true);
  table_.hold(kCaptureLink, true);
  EXPECT_EQ(run(100), Moves());
  table_.renew(kCaptureLink, Duration::seconds(95), at(100));
  EXPECT_EQ(status(100).state, SessionState::blind);
  EXPECT_EQ(run(200), Moves());
  table_.hold(kCaptureLink, true);
  table_.renew(kEth0, Duration::seconds(195), at(200));
  EXPECT_EQ(run(300), Moves());
  table_.renew(kCaptureLink, Duration::seconds(100), at(300));
  EXPECT_EQ(run(330), Moves{"printer down, gave_up"});
}

TEST_F(Traffic, OneThatWasNeverHeardDependsOnTheInterfaceThatIsCaptured) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  table_.locate_awaited(kEth0);
  table_.hold(kEth0, true);
  EXPECT_EQ(run(100), Moves());
  EXPECT_EQ(status(100).state, SessionState::blind);
  EXPECT_EQ(table_.hush(kEth0, at(100)).late, 0U) << "who was never heard has not fallen silent";
}

TEST_F(Traffic, OthersAreJudgedWhileNothingIsCaptured) {
  table_.set_expected({printer()}, at(0));
  Outcome out;
  Sign line;
  line.way = Way::line;
  line.authentication = Authentication::loopback;
  table_.on_sign("db1", line, {{IpAddress::v4({127, 0, 0, 1}), 9}, Way::line, 0}, at(0), out);
  EXPECT_EQ(run(100), Moves{"db1 down, gave_up"});
}

TEST_F(Traffic, AnAddressNeverSpeaksForAKey) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  Sign keyed;
  keyed.way = Way::line;
  keyed.authentication = Authentication::key;
  EXPECT_EQ(say(1, keyed, {{kPrinter4, 5'000}, Way::line, 1}), Moves{"printer up, first_message"});
  EXPECT_EQ(table_.size(), 2U) << "neither is the one that proves itself the one whose traffic is awaited";
  EXPECT_EQ(hear(2), Moves{"printer up, first_message"});
  table_.set_expected({printer(Duration::seconds(20))}, at(3));
  EXPECT_EQ(status(3).detection_time, Duration::seconds(60));
  EXPECT_EQ(status(3, Authentication::key).detection_time, Duration::seconds(60))
      << "that of sessions without interval";
  EXPECT_EQ(status(3, Authentication::key).pulses, 1U);
}

TEST_F(Traffic, SettingsMayAwaitItByAKeyInstead) {
  table_.set_expected({printer()}, at(0));
  Sign keyed;
  keyed.authentication = Authentication::key;
  keyed.way = Way::line;
  say(1, keyed, {{kPrinter4, 5'000}, Way::line, 1});
  ExpectedSession other = printer(Duration::seconds(20));
  other.traffic.clear();
  table_.set_expected({other}, at(2));
  EXPECT_EQ(table_.size(), 1U) << "what was never heard is forgotten";
  EXPECT_EQ(status(2, Authentication::key).detection_time, Duration::seconds(60));
  table_.set_expected({printer()}, at(3));
  EXPECT_EQ(table_.size(), 2U);
  EXPECT_EQ(table_.open_over(kCaptureLink), 1U);
}

TEST_F(Traffic, WhoIsNotAwaitedAnyMoreIsClosedAndNotDown) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  hear(1);
  EXPECT_EQ(close_unawaited(2), Moves());
  table_.set_expected({}, at(3));
  EXPECT_EQ(close_unawaited(3), Moves{"printer admin_down, terminated"});
  EXPECT_EQ(close_unawaited(4), Moves());
  EXPECT_EQ(run(1'000), Moves());
}

TEST_F(Traffic, WhatItsClientAnnouncedStays) {
  table_.set_expected({printer()}, at(0));
  hears(0);
  Sign line;
  line.way = Way::line;
  line.authentication = Authentication::loopback;
  line.announced = {Duration::seconds(100), 2};
  say(1, line, {{IpAddress::v4({127, 0, 0, 1}), 9}, Way::line, 0});
  hear(2);
  EXPECT_EQ(status(2).detection_time, Duration::seconds(200));
}

// A listener whose capture is told of by hand.
struct Notes : record::Sink {
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  Moves observer() const {
    Moves out;
    for (const auto& record : all) {
      const auto* change = std::get_if<record::NetworkChange>(&record);
      if (change != nullptr) out.push_back(change->subject.raw() + ": " + change->after.raw());
    }
    return out;
  }
  std::vector<record::Record> all;
};

struct Lab {
  explicit Lab(std::vector<ExpectedSession> sessions = {printer(Duration::seconds(1))})
      : expected(std::move(sessions)), host(world.add_host("hub", {.addresses = {IpAddress::v4({192, 0, 2, 1})}})) {
    host.boot([this](env::Env env) { return run(env, this); });
    run_for(Duration::milliseconds(1));
  }
  static env::Task<void> run(env::Env env, Lab* self) {
    auto hub = HeartbeatListener::open(env, {}, self->notes).value();
    TrafficDesk desk(*hub);
    self->hub = hub.get();
    self->desk = &desk;
    for (const auto& interface : env.host.interfaces().value()) {
      if (!interface.loopback) self->index = interface.index;
    }
    hub->set_expected(self->expected);
    desk.set_expected(self->expected);
    hub->restore(self->known);
    co_await hub->run();
  }
  void captures(const std::string& deaf = {}) {
    world.at(world.now(), [this, deaf] { hub->set_hearing({deaf.empty() ? index : 0, "eth0", deaf}); });
    run_for(Duration::milliseconds(1));
  }
  void hear(const IpAddress& address = kPrinter4) {
    world.at(world.now(), [this, address] { desk->hear({address}, index); });
    run_for(Duration::milliseconds(1));
  }
  void expect(std::vector<ExpectedSession> sessions) {
    world.at(world.now(), [this, sessions] {
      hub->set_expected(sessions);
      desk->set_expected(sessions);
    });
    run_for(Duration::milliseconds(1));
  }
  void run_for(Duration time) { world.run_for(time); }
  SessionState state() const { return hub->snapshot().at(0).state; }

  std::vector<ExpectedSession> expected;
  std::vector<record::PulseChange> known;
  Notes notes;
  HeartbeatListener* hub = nullptr;
  TrafficDesk* desk = nullptr;
  LinkIndex index = 0;
  sim::World world{1};
  sim::Host& host;
};

TEST(TrafficListener, HearsWhomTheSettingsName) {
  Lab lab;
  lab.captures();
  lab.hear(IpAddress::v4({192, 0, 2, 99}));
  EXPECT_EQ(lab.state(), SessionState::init) << "an address that nobody has";
  lab.hear(kPrinter6);
  EXPECT_EQ(lab.state(), SessionState::up);
  EXPECT_EQ(lab.host.log().count("session is up, heard by its traffic"), 1U);
  EXPECT_EQ(lab.host.log().count("on=eth0"), 1U);
  lab.run_for(Duration::seconds(4));
  EXPECT_EQ(lab.state(), SessionState::down);
  EXPECT_EQ(lab.notes.observer(), Moves());
  EXPECT_EQ(lab.world.failure(), "");
}

TEST(TrafficListener, ACaptureThatEndsIsOneBlindTimeAndNobodyIsDown) {
  Lab lab;
  lab.captures();
  lab.hear();
  const std::string why = "nothing is captured on eth0: it went down";
  lab.captures(why);
  EXPECT_EQ(lab.state(), SessionState::blind);
  lab.captures("nothing is captured on eth0: there is no such interface");
  lab.run_for(Duration::seconds(60));
  EXPECT_EQ(lab.state(), SessionState::blind);
  ASSERT_EQ(lab.hub->blind().size(), 1U);
  EXPECT_EQ(lab.hub->blind()[0].interface, "capture");
  EXPECT_EQ(lab.hub->blind()[0].why, why);
  EXPECT_EQ(lab.hub->blind()[0].sessions, 1U);
  EXPECT_EQ(lab.hub->counters().blind_now, 1U);
  lab.captures();
  EXPECT_EQ(lab.state(), SessionState::up);
  EXPECT_TRUE(lab.hub->blind().empty());
  lab.run_for(Duration::milliseconds(2'900));
  EXPECT_EQ(lab.state(), SessionState::up) << "a whole detection time";
  lab.run_for(Duration::milliseconds(200));
  EXPECT_EQ(lab.state(), SessionState::down);
  const Moves observer = lab.notes.observer();
  ASSERT_EQ(observer.size(), 2U);
  EXPECT_EQ(observer[0], "capture: blind: " + why);
  EXPECT_TRUE(observer[1].starts_with("capture: sees again after 1 min")) << observer[1];
  const auto is_gap = [](const record::Record& record) { return std::holds_alternative<record::Gap>(record); };
  const auto gap = std::ranges::find_if(lab.notes.all, is_gap);
  ASSERT_NE(gap, lab.notes.all.end());
  EXPECT_EQ(std::get<record::Gap>(*gap).where, "heartbeat capture");
}

TEST(TrafficListener, WithoutSessionsThatAreAwaitedNothingIsSaidOfTheCapture) {
  Lab lab({{.name = "db1"}});
  lab.captures("switched off");
  EXPECT_TRUE(lab.hub->blind().empty());
  lab.expect({printer(Duration::seconds(1))});
  ASSERT_EQ(lab.hub->blind().size(), 1U);
  EXPECT_EQ(lab.hub->blind()[0].why, "switched off");
  lab.run_for(Duration::seconds(60));
  lab.expect({});
  EXPECT_TRUE(lab.hub->blind().empty());
  EXPECT_EQ(lab.hub->size(), 0U);
  lab.expect({printer(Duration::seconds(1))});
  EXPECT_EQ(lab.state(), SessionState::blind) << "still";
  lab.run_for(Duration::seconds(60));
  EXPECT_EQ(lab.state(), SessionState::blind);
}

TEST(TrafficListener, ACableThatIsOutTakesNobodyDownWhoWasNeverHeard) {
  Lab lab;
  lab.captures();
  lab.world.at(lab.world.now(), [&lab] { lab.host.stack().unplug(); });
  lab.run_for(Duration::seconds(60));
  EXPECT_EQ(lab.state(), SessionState::blind);
  ASSERT_EQ(lab.hub->blind().size(), 1U);
  EXPECT_EQ(lab.hub->blind()[0].why, "eth0 has no carrier");
  lab.world.at(lab.world.now(), [&lab] { lab.host.stack().plug(); });
  lab.run_for(Duration::milliseconds(500));
  lab.hear();
  EXPECT_EQ(lab.state(), SessionState::up);
  EXPECT_EQ(moves_in(lab.notes.all), Moves{"printer up, first_message"});
}

TEST(TrafficListener, OneOfBeforeARestartThatIsNotAwaitedAnyMoreIsClosed) {
  record::PulseChange change;
  change.session = base::UntrustedText("scanner");
  change.peer = "192.0.2.8";
  change.to = SessionState::up;
  change.way = Way::traffic;
  Outcome out;
  SessionTable table({8, {}}, base::Instant());
  table.restore({change}, 0, 0, at(0), out);
  table.close_unawaited(at(0), out);
  EXPECT_EQ(moves_in(out.records), (Moves{"scanner init, restored", "scanner admin_down, terminated"}));
}

}  // namespace
}  // namespace holter::heartbeat
