// The observer cut off, in a simulated world: a hub, its gateway, and many beacons. The rules: docs/blind.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "heartbeat/beacon.h"
#include "heartbeat/listener.h"
#include "sim/seeds.h"
#include "sim/world.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;
using record::SessionState;

const base::IpAddress kHubAddress = base::IpAddress::v4({192, 0, 2, 1});
const base::IpAddress kRouterAddress = base::IpAddress::v4({192, 0, 2, 254});
constexpr std::size_t kBeacons = 50;
constexpr Duration kInterval = Duration::milliseconds(100);
constexpr Duration kOutage = Duration::seconds(12);
constexpr Duration kDetection = Duration::milliseconds(300);

struct Notes : record::Sink {
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  template <class T>
  std::vector<T> of() const {
    std::vector<T> out;
    for (const auto& record : all) {
      if (const auto* one = std::get_if<T>(&record)) out.push_back(*one);
    }
    return out;
  }
  std::size_t downs() const {
    const auto changes = of<record::PulseChange>();
    return static_cast<std::size_t>(std::ranges::count(changes, SessionState::down, &record::PulseChange::to));
  }
  // The changes of the observer, as "eth0: sees -> blind: eth0 has no carrier".
  std::vector<std::string> observer() const {
    std::vector<std::string> out;
    for (const auto& change : of<record::NetworkChange>()) {
      out.push_back(change.subject.raw() + ": " + change.before.raw() + " -> " + change.after.raw());
    }
    return out;
  }
  std::vector<record::Record> all;
};

struct Place {
  bool gateway = true;
  std::uint8_t asks = 0;
  bool ping_sockets = true;
  bool raw_icmp = true;
  std::size_t beacons = kBeacons;
};

struct Lab {
  explicit Lab(Place p = {}, std::uint64_t seed = 1)
      : place(p),
        world(seed),
        hub_host(
            world.add_host("hub", {.addresses = {kHubAddress},
                                   .gateways = p.gateway ? std::vector{kRouterAddress} : std::vector<base::IpAddress>{},
                                   .raw_icmp = p.raw_icmp,
                                   .ping_sockets = p.ping_sockets})),
        router(world.add_host("router", {.addresses = {kRouterAddress}})) {
    hub_host.boot([this](env::Env env) { return run_hub(env, this); });
    for (std::size_t i = 0; i < p.beacons; ++i) {
      const auto address = base::IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(10 + i)});
      beacons.push_back(&world.add_host("b" + std::to_string(i), {.addresses = {address}}));
      const Duration start = world.random().between(Duration::zero(), kInterval);
      beacons.back()->boot([i, start](env::Env env) { return run_beacon(env, i, start); });
    }
    world.run_for(Duration::seconds(5));
  }

  static env::Task<void> run_hub(env::Env env, Lab* self) {
    ListenerOptions options;
    options.endpoints = {{kHubAddress, kPort}};
    options.table.detector.asks = self->place.asks;
    auto hub = HeartbeatListener::open(env, options, self->notes).value();
    self->hub = hub.get();
    hub->restore(self->known);
    co_await hub->run();
    self->hub = nullptr;
  }
  static env::Task<void> run_beacon(env::Env env, std::size_t number, Duration start) {
    co_await env.clock.sleep_for(start);
    BeaconOptions options;
    options.hub = "192.0.2.1";
    options.name = "b" + std::to_string(number);
    options.interval = kInterval;
    Beacon beacon(env, options, [](const BeaconEvent&) {});
    const auto opened = co_await beacon.open();
    EXPECT_TRUE(opened);
    co_await beacon.run();
  }

  void now(std::function<void()> action) { world.at(world.now(), std::move(action)); }
  void unplug() {
    now([this] { hub_host.stack().unplug(); });
  }
  void plug() {
    now([this] { hub_host.stack().plug(); });
  }
  // The hub's switch or router passes nothing any more, and its link stays up.
  void cut(bool router_too) {
    now([this, router_too] {
      for (sim::Host* beacon : beacons) world.partition(hub_host, *beacon);
      if (router_too) world.partition(hub_host, router);
    });
  }
  void mend() {
    now([this] {
      for (sim::Host* beacon : beacons) world.heal(hub_host, *beacon);
      world.heal(hub_host, router);
    });
  }
  std::size_t in(SessionState state) const {
    const auto sessions = hub->snapshot();
    return static_cast<std::size_t>(std::ranges::count(sessions, state, &SessionStatus::state));
  }
  void run_for(Duration time) { world.run_for(time); }

  Place place;
  Notes notes;
  std::vector<record::PulseChange> known;  // what the hub is told of the time before
  HeartbeatListener* hub = nullptr;
  sim::World world;
  sim::Host& hub_host;
  sim::Host& router;
  std::vector<sim::Host*> beacons;
};

void expect_one_blind_time(Lab& lab, const std::string& why, Duration cut_for) {
  EXPECT_EQ(lab.in(SessionState::up), kBeacons);
  EXPECT_EQ(lab.notes.downs(), 0U);
  const auto observer = lab.notes.observer();
  ASSERT_EQ(observer.size(), 2U);
  EXPECT_EQ(observer[0], "eth0: sees -> blind: " + why);
  EXPECT_TRUE(observer[1].starts_with("eth0: blind: " + why + " -> sees again after ")) << observer[1];
  const auto gaps = lab.notes.of<record::Gap>();
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].cause, record::GapCause::blind);
  EXPECT_GE(gaps[0].to - gaps[0].from, cut_for - Duration::seconds(1));
  EXPECT_LE(gaps[0].to - gaps[0].from, cut_for + Duration::seconds(3));
  EXPECT_TRUE(lab.hub->blind().empty());
  EXPECT_EQ(lab.world.failure(), "");
}

TEST(Blind, TheOwnUplinkCutIsOneBlindTimeAndNoSessionDown) {
  for (const std::uint8_t asks : {0, 3}) {
    for (const bool gateway : {true, false}) {
      Lab lab({.gateway = gateway, .asks = asks});
      EXPECT_EQ(lab.in(SessionState::up), kBeacons);
      lab.unplug();
      lab.run_for(kOutage);
      EXPECT_EQ(lab.in(SessionState::blind), kBeacons);
      ASSERT_EQ(lab.hub->blind().size(), 1U);
      EXPECT_EQ(lab.hub->blind()[0].sessions, kBeacons);
      lab.plug();
      lab.run_for(Duration::seconds(10));
      expect_one_blind_time(lab, "eth0 has no carrier", kOutage);
      EXPECT_EQ(lab.notes.of<record::PulseChange>().size(), kBeacons) << "each once, when it came up";
    }
  }
}

TEST(Blind, AnUplinkThatFlapsShorterThanADetectionTimeTakesNobodyDown) {
  for (const int outage_ms : {20, 120, 190, 250, 290, 400}) {
    Lab lab;
    lab.unplug();
    lab.run_for(Duration::milliseconds(outage_ms));
    lab.plug();
    lab.run_for(Duration::seconds(10));
    EXPECT_EQ(lab.notes.downs(), 0U) << outage_ms;
    EXPECT_LE(lab.notes.observer().size(), 2U) << outage_ms;
    EXPECT_EQ(lab.in(SessionState::up), kBeacons);
  }
}

TEST(Blind, AGatewayThatPassesNothingIsOneBlindTime) {
  for (const std::uint8_t asks : {0, 3}) {
    Lab lab({.asks = asks});
    lab.cut(true);
    lab.run_for(kOutage);
    EXPECT_EQ(lab.in(SessionState::blind), kBeacons);
    lab.mend();
    lab.run_for(Duration::seconds(10));
    expect_one_blind_time(lab, "the gateway 192.0.2.254 on eth0 does not answer", kOutage);
  }
}

TEST(Blind, WithoutAGatewayNothingReceivedIsOneBlindTime) {
  Lab lab({.gateway = false});
  lab.cut(true);
  lab.run_for(kOutage);
  lab.mend();
  lab.run_for(Duration::seconds(10));
  expect_one_blind_time(lab, "nothing is received on eth0, and nobody answers there", kOutage);
}

TEST(Blind, WhoIsBehindAGatewayThatAnswersIsTrulyUnreachable) {
  Lab lab;
  const Instant cut = lab.world.now();
  lab.cut(false);
  lab.run_for(Duration::seconds(2));
  EXPECT_EQ(lab.notes.downs(), kBeacons);
  for (const auto& change : lab.notes.of<record::PulseChange>()) {
    if (change.to == SessionState::down) EXPECT_LE(change.at_instant - cut, kDetection + Duration::milliseconds(10));
  }
  EXPECT_TRUE(lab.notes.observer().empty());
  lab.mend();
  lab.run_for(Duration::seconds(2));
  EXPECT_EQ(lab.in(SessionState::up), kBeacons);
}

TEST(Blind, OneThatDiesIsDownInTimeAndNobodyIsAsked) {
  Lab lab;
  lab.now([&lab] { lab.world.power_loss(*lab.beacons[7]); });
  lab.run_for(Duration::seconds(1));
  const auto changes = lab.notes.of<record::PulseChange>();
  ASSERT_EQ(lab.notes.downs(), 1U);
  EXPECT_EQ(changes.back().session.raw(), "b7");
  EXPECT_LE(changes.back().silent_for, kDetection + Duration::milliseconds(5));
  EXPECT_TRUE(lab.notes.observer().empty());
}

TEST(Blind, TheLastOnesThatDieAreDownInTimeToo) {
  Lab lab;
  lab.now([&lab] {
    for (sim::Host* beacon : lab.beacons) lab.world.power_loss(*beacon);
  });
  lab.run_for(Duration::seconds(1));
  EXPECT_EQ(lab.notes.downs(), kBeacons);
  for (const auto& change : lab.notes.of<record::PulseChange>()) {
    if (change.to == SessionState::down) EXPECT_LE(change.silent_for, kDetection + Duration::milliseconds(10));
  }
  EXPECT_TRUE(lab.notes.observer().empty());
}

TEST(Blind, ARawSocketAsksWhereThereIsNoOther) {
  Lab lab({.ping_sockets = false});
  lab.cut(true);
  lab.run_for(Duration::minutes(1));
  EXPECT_EQ(lab.notes.downs(), 0U);
  EXPECT_EQ(lab.in(SessionState::blind), kBeacons);
}

TEST(Blind, AHubThatCanAskNobodyJudgesByItsLinkAlone) {
  Lab lab({.ping_sockets = false, .raw_icmp = false});
  lab.cut(true);
  lab.run_for(Duration::seconds(2));
  EXPECT_EQ(lab.notes.downs(), kBeacons);
  EXPECT_TRUE(lab.notes.observer().empty());
}

TEST(Blind, AnHourAsleepTakesNobodyDown) {
  for (const std::uint8_t asks : {0, 3}) {
    Lab lab({.asks = asks, .beacons = 3});
    lab.now([&lab] { lab.world.suspend(lab.hub_host); });
    lab.run_for(Duration::hours(1));
    lab.now([&lab] { lab.world.resume(lab.hub_host); });
    lab.run_for(Duration::seconds(10));
    EXPECT_EQ(lab.notes.downs(), 0U);
    EXPECT_EQ(lab.in(SessionState::up), 3U);
    const auto observer = lab.notes.observer();
    ASSERT_EQ(observer.size(), 2U);
    EXPECT_EQ(observer[0], "holter: sees -> blind: this machine was suspended");
    const auto gaps = lab.notes.of<record::Gap>();
    ASSERT_EQ(gaps.size(), 1U);
    EXPECT_EQ(gaps[0].cause, record::GapCause::suspended);
  }
}

TEST(Blind, StepsOfTheWallClockAreNotedAndJudgeNobody) {
  Lab lab;
  for (const Duration step : {Duration::hours(24 * 365), Duration::seconds(-2)}) {
    lab.now([&lab, step] { lab.hub_host.clock().step(step); });
    lab.run_for(Duration::seconds(5));
  }
  EXPECT_EQ(lab.notes.downs(), 0U);
  const auto changes = lab.notes.of<record::NetworkChange>();
  ASSERT_EQ(changes.size(), 2U);
  for (const auto& change : changes) EXPECT_EQ(change.what, "clock");
  EXPECT_EQ(lab.in(SessionState::up), kBeacons);
}

TEST(Blind, AHubThatIsStartedWhileItIsCutOffIsBlindForWhatItKnows) {
  Lab lab;
  for (auto& change : lab.notes.of<record::PulseChange>()) lab.known.push_back(std::move(change));
  lab.now([&lab] {
    lab.world.crash(lab.hub_host);
    lab.hub_host.stack().unplug();
    lab.hub_host.restart();
  });
  lab.run_for(Duration::seconds(20));
  EXPECT_EQ(lab.in(SessionState::blind), kBeacons);
  EXPECT_EQ(lab.notes.downs(), 0U);
  lab.plug();
  lab.run_for(Duration::seconds(5));
  EXPECT_EQ(lab.in(SessionState::up), kBeacons);
  EXPECT_EQ(lab.notes.downs(), 0U);
}

// Outages of the own uplink of any kind and length, at any moment.
void outages(std::uint64_t seed) {
  Lab lab({.asks = static_cast<std::uint8_t>(seed % 2 * 3)}, seed);
  for (int round = 0; round < 4; ++round) {
    lab.run_for(lab.world.random().between(Duration::seconds(3), Duration::seconds(6)));
    const Duration lasts = lab.world.random().between(Duration::milliseconds(10), Duration::seconds(8));
    const bool of_link = lab.world.random().chance(0.5);
    of_link ? lab.unplug() : lab.cut(true);
    lab.run_for(lasts);
    of_link ? lab.plug() : lab.mend();
  }
  lab.run_for(Duration::seconds(10));
  EXPECT_EQ(lab.notes.downs(), 0U) << "seed " << seed;
  EXPECT_EQ(lab.in(SessionState::up), kBeacons) << "seed " << seed;
  EXPECT_LE(lab.notes.observer().size(), 8U) << "seed " << seed;
  EXPECT_EQ(lab.world.failure(), "") << "seed " << seed;
}

TEST(Blind, OutagesOfAnyKindAndLengthTakeNobodyDown) {
  sim::for_each_seed(4, [](sim::World& world) {
    outages(world.seed());
    return !testing::Test::HasFailure();
  });
}

}  // namespace
}  // namespace holter::heartbeat
