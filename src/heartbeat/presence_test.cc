// Listener and beacon together in a simulated world.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

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
const base::Endpoint kHub{kHubAddress, kPort};
constexpr Duration kDelay = Duration::milliseconds(1);

struct Notes : record::Sink {
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  std::size_t count(SessionState to) const {
    return static_cast<std::size_t>(std::ranges::count_if(all, [to](const record::Record& r) {
      const auto* change = std::get_if<record::PulseChange>(&r);
      return change != nullptr && change->to == to;
    }));
  }
  template <class T>
  std::vector<T> of() const {
    std::vector<T> out;
    for (const auto& record : all) {
      if (const auto* one = std::get_if<T>(&record)) out.push_back(*one);
    }
    return out;
  }
  std::vector<record::Record> all;
};

// One hub and one beacon, each on a host of its own.
struct Presence {
  explicit Presence(std::uint64_t seed = 1)
      : world(seed),
        hub_host(world.add_host("hub", {.addresses = {kHubAddress}})),
        db1(world.add_host("db1", {.addresses = {base::IpAddress::v4({192, 0, 2, 7})}})) {
    world.fabric().set_faults({.delay_min = kDelay, .delay_max = kDelay});
    beacon_options.hub = "192.0.2.1";
    beacon_options.name = "db1";
    beacon_options.interval = Duration::seconds(1);
  }

  static env::Task<void> run_hub(env::Env env, Presence* self) {
    ListenerOptions options;
    options.endpoints = {kHub};
    auto hub = HeartbeatListener::open(env, options, self->notes).value();
    self->hub = hub.get();
    hub->restore(self->known);
    co_await hub->run();
    self->hub = nullptr;
  }
  static env::Task<void> run_beacon(env::Env env, Presence* self) {
    Beacon beacon(env, self->beacon_options, [self](const BeaconEvent& event) { self->events.push_back(event); });
    const auto opened = co_await beacon.open();
    EXPECT_TRUE(opened);
    env::TaskGroup group(env.executor);
    self->beacon = &beacon;
    self->db1_env.emplace(env);
    self->tasks = &group;
    group.spawn(beacon.run());
    co_await env.clock.sleep_until(Instant::max());
  }
  static env::Task<void> deliver(Beacon& beacon, std::string text, std::vector<base::Result<void>>* results) {
    auto delivering = beacon.deliver(std::move(text));
    results->push_back(co_await std::move(delivering));
  }
  static env::Task<void> deliver_in_vain(env::Env env, Beacon& beacon) {
    auto delivering = beacon.deliver("lost");
    const Instant deadline = env.clock.now() + Duration::seconds(1);
    const auto outcome = co_await env::with_deadline(env.clock, deadline, std::move(delivering));
    EXPECT_FALSE(outcome);
  }
  static env::Task<void> terminate(Beacon& beacon, std::vector<base::Result<void>>* results) {
    auto ending = beacon.terminate();
    results->push_back(co_await std::move(ending));
  }

  void start_hub() {
    hub_host.boot([this](env::Env env) { return run_hub(env, this); });
  }
  void start_beacon() {
    db1.boot([this](env::Env env) { return run_beacon(env, this); });
  }
  void start() {
    start_hub();
    start_beacon();
  }
  void say(const std::string& text) {
    world.at(world.now(), [this, text] { tasks->spawn(deliver(*beacon, text, &results)); });
  }
  void end_session() {
    world.at(world.now(), [this] { tasks->spawn(terminate(*beacon, &results)); });
  }
  void run_for(Duration d) { world.run_for(d); }
  SessionStatus status() { return hub->snapshot().at(0); }

  Notes notes;
  std::vector<record::PulseChange> known;  // what the hub is told of the time before
  std::vector<BeaconEvent> events;
  std::vector<base::Result<void>> results;  // of what was said
  BeaconOptions beacon_options;
  HeartbeatListener* hub = nullptr;
  Beacon* beacon = nullptr;
  std::optional<env::Env> db1_env;
  env::TaskGroup* tasks = nullptr;
  sim::World world;
  sim::Host& hub_host;
  sim::Host& db1;
};

TEST(Presence, ADeadBeaconIsAskedAndGivenUpInTime) {
  Presence p;
  p.start();
  p.run_for(Duration::seconds(10));
  EXPECT_EQ(p.status().state, SessionState::up);
  EXPECT_EQ(p.status().pulses, 10U);
  p.world.power_loss(p.db1);
  p.run_for(kDelay);  // its last pulse is still on the way
  const Instant last = *p.status().last_heard_instant;
  p.run_for(Duration::seconds(10));
  EXPECT_EQ(p.notes.count(SessionState::pulsing), 3U);
  const auto& down = std::get<record::PulseChange>(p.notes.all.back());
  EXPECT_EQ(down.to, SessionState::down);
  EXPECT_LE(down.at_instant - last, Duration::milliseconds(6'010));
  EXPECT_GE(down.at_instant - last, Duration::milliseconds(6'000));
  p.db1.restart();
  p.run_for(Duration::seconds(1));
  EXPECT_EQ(p.status().state, SessionState::up);
  EXPECT_EQ(p.world.failure(), "");
}

TEST(Presence, ASilentBeaconAnswersAndStaysUp) {
  Presence p;
  p.beacon_options.interval = Duration::zero();
  p.start();
  p.run_for(Duration::seconds(1));
  p.say("hello");
  p.run_for(Duration::minutes(10));
  ASSERT_EQ(p.results.size(), 1U);
  EXPECT_TRUE(p.results[0]);
  EXPECT_GE(p.notes.count(SessionState::pulsing), 9U);
  EXPECT_EQ(p.notes.count(SessionState::down), 0U);
}

TEST(Presence, MessagesAndTheEndArriveOnceThroughHeavyLoss) {
  EXPECT_TRUE(sim::for_each_seed(20, [](sim::World& seed) {
    Presence p(seed.seed());
    p.world.fabric().set_faults(
        {.drop = 0.3, .duplicate = 0.1, .reorder = 0.5, .delay_max = Duration::milliseconds(300)});
    p.start();
    p.run_for(Duration::seconds(1));
    for (int i = 0; i < 50; ++i) {
      p.say(std::to_string(i));
      p.run_for(Duration::seconds(20));
    }
    const auto taken = p.notes.of<record::PulseMessage>();
    std::set<std::string> texts;
    for (const auto& message : taken) texts.insert(message.text.raw());
    const auto acked =
        static_cast<std::size_t>(std::ranges::count_if(p.results, [](const auto& r) { return bool(r); }));
    EXPECT_EQ(p.results.size(), 50U);
    EXPECT_EQ(texts.size(), taken.size()) << "a message came twice";
    EXPECT_GE(taken.size(), acked);
    EXPECT_GE(acked, 45U);
    p.world.fabric().set_faults({});
    p.end_session();
    p.run_for(Duration::seconds(20));
    EXPECT_TRUE(p.results.back());
    EXPECT_EQ(p.status().state, SessionState::admin_down);
    return !testing::Test::HasFailure();
  }));
}

// At 0, 0.2 and 0.6 s; the third has until 1.4 s for its answer.
TEST(Presence, AHubThatRefusesIsGivenUpSoon) {
  for (const Duration interval : {Duration::zero(), Duration::milliseconds(10)}) {
    Presence p;
    p.beacon_options.interval = interval;
    p.start_beacon();
    p.run_for(Duration::milliseconds(1));
    p.say("hello");
    p.run_for(Duration::milliseconds(1'390));
    ASSERT_EQ(p.results.size(), 0U);
    p.run_for(Duration::milliseconds(20));
    ASSERT_EQ(p.results.size(), 1U);
    ASSERT_FALSE(p.results[0]);
    EXPECT_EQ(p.results[0].error().kind, base::ErrorKind::refused);
    EXPECT_EQ(p.results[0].error().message, "refused, nothing listens on UDP 192.0.2.1:4280, 3 times");
    EXPECT_EQ(p.events.back().kind, BeaconEvent::Kind::not_delivered);
    EXPECT_EQ(p.events.back().why, p.results[0].error().message);
  }
}

TEST(Presence, AHubThatComesBackWithinASecondIsWaitedFor) {
  Presence p;
  p.beacon_options.interval = Duration::zero();
  p.start_beacon();
  p.run_for(Duration::milliseconds(1));
  p.say("hello");
  p.run_for(Duration::milliseconds(500));
  p.start_hub();
  p.run_for(Duration::milliseconds(500));
  ASSERT_EQ(p.results.size(), 1U);
  EXPECT_TRUE(p.results[0]);
}

TEST(Presence, ADeliveryThatIsCancelledMakesRoomForTheNext) {
  Presence p;
  p.world.partition(p.hub_host, p.db1);
  p.start();
  p.run_for(Duration::milliseconds(1));
  p.world.at(p.world.now(), [&] { p.tasks->spawn(Presence::deliver_in_vain(*p.db1_env, *p.beacon)); });
  p.run_for(Duration::seconds(2));
  p.world.heal(p.hub_host, p.db1);
  p.say("taken");
  p.run_for(Duration::seconds(1));
  ASSERT_EQ(p.results.size(), 1U);
  EXPECT_TRUE(p.results[0]);
  EXPECT_EQ(p.status().last_message->text.raw(), "taken");
}

TEST(Presence, ItsOwnAddressAndEveryDatagramAreShown) {
  Presence p;
  std::vector<std::string> seen;
  p.beacon_options.on_datagram = [&](const BeaconDatagram& datagram) {
    EXPECT_EQ(datagram.peer, kHub);
    EXPECT_EQ(datagram.local, p.events.front().local);
    const auto view = PulseView::parse(datagram.bytes);
    ASSERT_TRUE(view.has_value());
    seen.push_back((datagram.sent ? "> " : "< ") + std::string(to_string(view->type())));
  };
  p.start();
  p.run_for(Duration::milliseconds(500));
  p.say("hello");
  p.run_for(Duration::milliseconds(400));
  ASSERT_EQ(p.events.front().kind, BeaconEvent::Kind::started);
  EXPECT_EQ(p.events.front().local.address, base::IpAddress::v4({192, 0, 2, 7}));
  EXPECT_NE(p.events.front().local.port, 0);
  EXPECT_EQ(seen, (std::vector<std::string>{"> pulse", "< challenge", "> pulse", "> message", "< ack"}));
}

TEST(Presence, AHubThatIsSilentIsToldAsSuch) {
  Presence p;
  p.world.partition(p.hub_host, p.db1);
  p.start();
  p.run_for(Duration::milliseconds(1));
  p.say("hello");
  p.run_for(Duration::seconds(11));
  ASSERT_EQ(p.results.size(), 1U);
  EXPECT_EQ(p.results[0].error().message, "no answer from 192.0.2.1:4280 within 10 s");
}

TEST(Presence, LossDisorderAndClockStepsForAnHourNeverMakeItDown) {
  EXPECT_TRUE(sim::for_each_seed(10, [](sim::World& seed) {
    Presence p(seed.seed());
    p.world.fabric().set_faults(
        {.drop = 0.05, .duplicate = 0.1, .reorder = 0.5, .delay_max = Duration::milliseconds(300)});
    p.start();
    for (int minute = 0; minute < 60; ++minute) {
      const Duration year = Duration::hours(24 * 365);
      p.hub_host.clock().step(minute % 2 == 0 ? year : Duration::zero() - year);
      p.db1.clock().step(minute % 3 == 0 ? year : Duration::zero() - year / 2);
      p.run_for(Duration::minutes(1));
    }
    EXPECT_EQ(p.notes.count(SessionState::down), 0U);
    EXPECT_EQ(p.notes.of<record::Gap>().size(), 0U);
    EXPECT_EQ(p.status().state, SessionState::up);
    EXPECT_EQ(p.world.failure(), "");
    return !testing::Test::HasFailure();
  }));
}

TEST(Presence, ASuspendedObserverRecordsOneGapAndNobodyFalls) {
  Presence p;
  p.start();
  p.run_for(Duration::seconds(5));
  p.world.suspend(p.hub_host);
  p.run_for(Duration::hours(1));
  p.world.resume(p.hub_host);
  p.run_for(Duration::seconds(10));
  const auto gaps = p.notes.of<record::Gap>();
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].cause, record::GapCause::suspended);
  EXPECT_NEAR((gaps[0].to - gaps[0].from).in_seconds(), 3'600, 1);
  EXPECT_EQ(p.notes.count(SessionState::pulsing), 0U);
  EXPECT_EQ(p.status().state, SessionState::up);
  EXPECT_EQ(p.hub->counters().observer_gaps, 1U);
}

TEST(Presence, ASuspendedBeaconGoesDownAndComesBackByItself) {
  Presence p;
  p.start();
  p.run_for(Duration::seconds(5));
  p.world.suspend(p.db1);
  p.run_for(Duration::hours(1));
  EXPECT_EQ(p.status().state, SessionState::down);
  p.world.resume(p.db1);
  p.run_for(Duration::seconds(2));
  EXPECT_EQ(p.status().state, SessionState::up);
  EXPECT_EQ(p.notes.count(SessionState::down), 1U);
  EXPECT_LE(p.status().pulses, 9U) << "missed pulses must not be made up for";
}

// Every pulse is there at the very instant its deadline is: it counts as heard before anybody is judged.
TEST(Presence, TheSocketsAreEmptiedBeforeADeadlineIsJudged) {
  Presence p;
  p.beacon_options.detect_multiplier = 1;
  p.start();
  p.run_for(Duration::seconds(20));
  EXPECT_EQ(p.notes.count(SessionState::pulsing), 0U);
  EXPECT_EQ(p.status().pulses, 20U);
}

TEST(Presence, BothSidesMayRestart) {
  Presence p;
  p.start();
  p.run_for(Duration::seconds(5));
  p.world.crash(p.db1);
  p.db1.restart();
  p.run_for(Duration::seconds(5));
  EXPECT_EQ(p.status().state, SessionState::up);
  p.known = {std::get<record::PulseChange>(p.notes.all.back())};
  p.world.crash(p.hub_host);
  p.run_for(Duration::seconds(30));
  EXPECT_EQ(p.events.back().kind, BeaconEvent::Kind::unreachable);
  p.hub_host.restart();
  p.run_for(Duration::nanoseconds(1));
  EXPECT_EQ(p.status().state, SessionState::init);
  EXPECT_FALSE(p.status().last_heard);
  p.run_for(Duration::seconds(10));
  EXPECT_EQ(p.status().state, SessionState::up);
  EXPECT_EQ(p.notes.count(SessionState::pulsing), 0U);
}

TEST(Presence, AFloodOfGarbageIsCountedAndHarmsNobody) {
  Presence p;
  p.start();
  sim::Host& stranger = p.world.add_host("stranger", {.addresses = {base::IpAddress::v4({203, 0, 113, 9})}});
  stranger.boot([](env::Env env) -> env::Task<void> {
    return [](env::Env e) -> env::Task<void> {
      auto socket = e.network.open_datagram({}).value();
      for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 1'000; ++i) {
          std::vector<std::uint8_t> bytes(e.random.below(200));
          e.random.fill(bytes);
          if (bytes.size() > 6 && i % 2 == 0) std::ranges::copy(kMagic, bytes.begin());
          EXPECT_TRUE(socket->send(kHub, bytes));
        }
        co_await e.clock.sleep_for(Duration::seconds(1));
      }
    }(env);
  });
  p.run_for(Duration::seconds(21));
  const ListenerCounters counters = p.hub->counters();
  std::uint64_t faults = 0;
  for (const auto n : counters.faults) faults += n;
  EXPECT_EQ(faults, 20'000U);
  EXPECT_EQ(counters.refused[static_cast<std::size_t>(GateFault::challenged)], 1U);
  EXPECT_EQ(counters.table.pulses, counters.datagrams - faults - 1);
  EXPECT_EQ(p.hub->snapshot().size(), 1U);
  EXPECT_EQ(p.notes.count(SessionState::pulsing), 0U);
}

TEST(Presence, ShutdownEndsTheListenerAtOnce) {
  Presence p;
  p.start();
  p.run_for(Duration::milliseconds(2'500));
  p.world.at(p.world.now(), [&] { p.hub->shutdown(); });
  p.run_for(Duration::nanoseconds(1));
  EXPECT_EQ(p.hub, nullptr);
}

}  // namespace
}  // namespace holter::heartbeat
