// Beacons with keys, without, and with wrong ones, on hosts of their own in a simulated world.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "heartbeat/beacon.h"
#include "heartbeat/listener.h"
#include "sim/world.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Authentication;
using record::SessionState;

const base::Endpoint kHub{base::IpAddress::v4({192, 0, 2, 1}), kPort};

struct Counting : record::Sink {
  void accept(record::Record) override { ++records; }
  std::size_t records = 0;
};

struct Client {
  BeaconOptions options;
  Beacon* beacon = nullptr;
  std::vector<BeaconEvent> events;
  std::vector<std::vector<std::uint8_t>> sent;
  std::vector<std::vector<std::uint8_t>> received;
  std::vector<base::Result<void>> results;
};

class Keyed : public testing::Test {
 protected:
  Keyed() : world_(1), hub_host_(world_.add_host("hub", {.addresses = {kHub.address}})) {
    names_.create("db1", {}).value();
    hub_host_.boot([this](env::Env env) { return run_hub(env, this); });
  }

  static env::Task<void> run_hub(env::Env env, Keyed* self) {
    ListenerOptions options;
    options.endpoints = {kHub};
    options.gate = self->gate_;
    options.table.strangers = self->strangers_;
    options.keys = {self->hub_secret_, self->names_};
    auto hub = HeartbeatListener::open(env, options, self->sink_).value();
    hub->restore(self->known_);
    self->hub_ = hub.get();
    co_await hub->run();
  }
  static env::Task<void> run_client(env::Env env, Client* client) {
    Beacon beacon(env, client->options, [client](const BeaconEvent& event) { client->events.push_back(event); });
    EXPECT_TRUE(co_await beacon.open());
    client->beacon = &beacon;
    env::TaskGroup group(env.executor);
    group.spawn(beacon.run());
    if (client->options.interval == Duration::zero()) {
      auto delivering = beacon.deliver("hello");
      client->results.push_back(co_await std::move(delivering));
    }
    co_await env.clock.sleep_until(base::Instant::max());
  }

  sim::Host& start(Client& client, std::uint8_t address, std::optional<std::uint32_t> key_id,
                   Duration interval = Duration::seconds(1)) {
    client.options.hub = "192.0.2.1";
    if (client.options.name.empty()) client.options.name = "db1";
    client.options.interval = interval;
    if (key_id) client.options.key = KeyRing(Keys{hub_secret_, names_}).key("db1", *key_id);
    client.options.on_datagram = [&client](const BeaconDatagram& datagram) {
      auto& to = datagram.sent ? client.sent : client.received;
      to.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
    };
    sim::Host& host =
        world_.add_host("client" + std::to_string(address), {.addresses = {base::IpAddress::v4({192, 0, 2, address})}});
    host.boot([&client](env::Env env) { return run_client(env, &client); });
    return host;
  }
  // Datagrams from an address that never said anything.
  void send_from_stranger(std::vector<std::vector<std::uint8_t>> datagrams, std::uint8_t address) {
    sim::Host& host = world_.add_host("stranger" + std::to_string(address),
                                      {.addresses = {base::IpAddress::v4({192, 0, 2, address})}});
    host.boot([datagrams](env::Env env) { return send_all(env, datagrams); });
  }
  static env::Task<void> send_all(env::Env env, std::vector<std::vector<std::uint8_t>> datagrams) {
    auto socket = env.network.open_datagram({}).value();
    for (const auto& datagram : datagrams) EXPECT_TRUE(socket->send(kHub, datagram));
    co_await env.clock.sleep_until(base::Instant::max());
  }

  // A hub that has no key, and says that it took everything.
  static env::Task<void> acknowledge_everything(env::Env env) {
    env::DatagramOptions options;
    options.local = kHub;
    auto socket = env.network.open_datagram(options).value();
    for (;;) {
      std::vector<env::Arrival> arrivals;
      auto receiving = socket->receive(arrivals, 16);
      if (!co_await std::move(receiving)) co_return;
      for (const auto& arrival : arrivals) {
        Pulse ack = PulseView::parse(arrival.data)->fields();
        ack.type = PulseType::ack;
        ack.text = {};
        EXPECT_TRUE(socket->send(arrival.peer, ack.emit()));
      }
    }
  }

  void run_for(double seconds) { world_.run_for(Duration::milliseconds(static_cast<std::int64_t>(seconds * 1'000))); }
  std::vector<SessionStatus> sessions() { return hub_->snapshot(); }
  std::optional<SessionState> state_of(std::string_view name) {
    for (const auto& session : sessions()) {
      if (session.name.raw() == name) return session.state;
    }
    return std::nullopt;
  }
  std::uint64_t refused(GateFault fault) { return hub_->counters().refused[static_cast<std::size_t>(fault)]; }
  void change_keys() {
    world_.at(world_.now(), [this] { hub_->set_keys(KeyRing(Keys{hub_secret_, names_})); });
  }

  Counting sink_;
  Secret hub_secret_{7};
  KeyNames names_;
  GateOptions gate_;
  Strangers::Limits strangers_;
  std::vector<record::PulseChange> known_;
  HeartbeatListener* hub_ = nullptr;
  Client db1_;
  Client other_;
  sim::World world_;
  sim::Host& hub_host_;
};

TEST_F(Keyed, AKeyIsChallengedOnceAndShown) {
  start(db1_, 7, 1);
  run_for(10);
  ASSERT_EQ(sessions().size(), 1U);
  EXPECT_EQ(sessions()[0].authentication, Authentication::key);
  EXPECT_EQ(sessions()[0].state, SessionState::up);
  EXPECT_EQ(sessions()[0].pulses, 10U);
  EXPECT_EQ(refused(GateFault::challenged), 1U);
  ASSERT_EQ(db1_.received.size(), 1U);
  EXPECT_LE(db1_.received[0].size(), db1_.sent[0].size());
}

TEST_F(Keyed, AMessageIsDeliveredAndItsAckIsSealed) {
  start(db1_, 7, 1, Duration::zero());
  run_for(1);
  ASSERT_EQ(db1_.results.size(), 1U);
  EXPECT_TRUE(db1_.results[0]);
  KeyRing ring(Keys{hub_secret_, names_});
  ASSERT_EQ(db1_.received.size(), 2U);
  for (const auto& datagram : db1_.received) EXPECT_EQ(ring.verify("db1", 1, datagram), KeyVerdict::good);
}

TEST_F(Keyed, AForgedAckIsNotBelieved) {
  world_.crash(hub_host_);
  hub_host_.boot([](env::Env env) { return acknowledge_everything(env); });
  start(db1_, 7, 1, Duration::zero());
  run_for(12);
  ASSERT_EQ(db1_.results.size(), 1U);
  EXPECT_FALSE(db1_.results[0]);
  EXPECT_GT(db1_.received.size(), 1U);
}

TEST_F(Keyed, WithoutAKeyItIsAnotherSessionThatNothingProves) {
  start(db1_, 7, 1);
  start(other_, 8, std::nullopt);
  run_for(5);
  auto all = sessions();
  ASSERT_EQ(all.size(), 2U);
  std::ranges::sort(all, {}, &SessionStatus::authentication);
  EXPECT_EQ(all[0].authentication, Authentication::none);
  EXPECT_TRUE(all[0].peer.starts_with("192.0.2.8:")) << all[0].peer;
  EXPECT_EQ(all[1].authentication, Authentication::key);
  EXPECT_TRUE(all[1].peer.starts_with("192.0.2.7:")) << all[1].peer;
  EXPECT_EQ(hub_->counters().unauthenticated, 1U);
}

TEST_F(Keyed, AWrongKeyMakesNoSessionAndGetsNoAnswer) {
  start(other_, 8, 1);
  other_.options.key->secret[0] ^= 1;
  run_for(5.5);
  EXPECT_TRUE(sessions().empty());
  EXPECT_EQ(refused(GateFault::wrong_key), other_.sent.size());
  EXPECT_TRUE(other_.received.empty());
}

TEST_F(Keyed, ARevokedKeyIsRefusedFromThenOnAndTheNextOneIsNot) {
  start(db1_, 7, 1);
  run_for(5.5);
  names_.create("db1", {}).value();
  names_.revoke("db1", KeyNames::Which::older).value();
  change_keys();
  run_for(10);
  EXPECT_EQ(sessions()[0].state, SessionState::down);
  EXPECT_EQ(refused(GateFault::revoked_key), 13U) << "ten pulses, and three answers to the asks";
  start(other_, 8, 2);
  run_for(2);
  ASSERT_EQ(sessions().size(), 1U);
  EXPECT_EQ(sessions()[0].state, SessionState::up);
  EXPECT_TRUE(sessions()[0].peer.starts_with("192.0.2.8:"));
}

TEST_F(Keyed, AFloodWithoutAKeyStoresLittleAndDisturbsNoSession) {
  gate_.unauthenticated_bytes_per_second = 1'000;
  gate_.unauthenticated_bytes_at_once = 6'000;
  start(db1_, 7, 1);
  Client guest;
  start(guest, 8, std::nullopt);
  run_for(3);
  ASSERT_EQ(sessions().size(), 2U);
  const auto stored = sink_.records;
  world_.at(world_.now(), [this] {
    const Path line{{base::IpAddress::v4({192, 0, 2, 9}), 4'000}, record::Way::line, 1};
    int taken = 0;
    for (int i = 0; i < 1'000; ++i) {
      Sign sign{
          .kind = i % 2 == 0 ? Sign::Kind::message : Sign::Kind::terminate, .way = record::Way::line, .text = "x"};
      taken += hub_->on_sign("flood", sign, line) ? 1 : 0;
    }
    EXPECT_LE(taken, 12);
    EXPECT_GE(taken, 8);
  });
  run_for(20);
  EXPECT_LE(sink_.records - stored, 40U);
  EXPECT_GT(refused(GateFault::unstored), 900U);
  const auto all = sessions();
  ASSERT_EQ(all.size(), 3U);
  for (const auto& session : all) {
    if (session.name.raw() == "db1") EXPECT_EQ(session.state, SessionState::up) << to_string(session.authentication);
  }
}

TEST_F(Keyed, ReplaysOpenNothingAlsoAfterARestart) {
  sim::Host& host = start(db1_, 7, 1);
  run_for(5.5);
  send_from_stranger(db1_.sent, 66);
  run_for(1);
  EXPECT_EQ(hub_->counters().table.seen_before, db1_.sent.size() - 1);
  EXPECT_TRUE(sessions()[0].peer.starts_with("192.0.2.7:"));
  world_.power_loss(host);
  world_.crash(hub_host_);
  hub_host_.restart();
  run_for(1);
  send_from_stranger(db1_.sent, 67);
  run_for(1);
  EXPECT_TRUE(sessions().empty());
  EXPECT_EQ(refused(GateFault::challenged), db1_.sent.size());
}

TEST_F(Keyed, ARestartOfTheHubCostsOneChallenge) {
  start(db1_, 7, 1);
  run_for(5.5);
  world_.crash(hub_host_);
  record::PulseChange change;
  change.session = base::UntrustedText("db1");
  change.peer = db1_.events.front().local.port == 0 ? "" : to_string(db1_.events.front().local);
  change.to = SessionState::up;
  change.interval = Duration::seconds(1);
  change.authentication = Authentication::key;
  known_ = {change};
  hub_host_.restart();
  run_for(5);
  ASSERT_EQ(sessions().size(), 1U);
  EXPECT_EQ(sessions()[0].state, SessionState::up);
  EXPECT_EQ(sessions()[0].authentication, Authentication::key);
  EXPECT_EQ(refused(GateFault::challenged), 1U);
}

TEST_F(Keyed, ALostChallengeIsMadeUpForByTheNextOne) {
  world_.fabric().set_faults({.drop = 0.5});
  start(db1_, 7, 1);
  run_for(30);
  ASSERT_EQ(sessions().size(), 1U);
  EXPECT_GT(sessions()[0].pulses, 5U);
}

TEST_F(Keyed, ASessionFromBeforeCountsAsUnauthenticated) {
  strangers_.all = 1;
  record::PulseChange change;
  change.session = base::UntrustedText("old");
  change.peer = "192.0.2.50:1000";
  change.to = SessionState::up;
  change.authentication = Authentication::none;
  known_ = {change};
  world_.crash(hub_host_);
  hub_host_.restart();
  start(other_, 8, std::nullopt);
  run_for(2.5);
  EXPECT_EQ(sessions().size(), 1U);
  EXPECT_EQ(refused(GateFault::unauthenticated), 3U);
}

// One after another with names of their own, from a host each; all of them die.
TEST_F(Keyed, TheDeadMakeRoomForThoseWhoComeAndTheLivingStay) {
  strangers_.all = 2;
  world_.crash(hub_host_);
  hub_host_.restart();
  start(db1_, 7, 1);
  std::array<Client, 5> guests;
  for (std::uint8_t guest = 0; guest < guests.size(); ++guest) {
    guests[guest].options.name = "guest" + std::to_string(guest);
    sim::Host& host = start(guests[guest], static_cast<std::uint8_t>(20 + guest), std::nullopt);
    run_for(3);
    ASSERT_EQ(state_of("guest" + std::to_string(guest)), SessionState::up);
    if (guest > 0) world_.crash(host);  // the first one lives on
    run_for(20);
  }
  EXPECT_EQ(state_of("guest0"), SessionState::up);
  EXPECT_EQ(state_of("guest4"), SessionState::down);
  EXPECT_EQ(state_of("db1"), SessionState::up);
  EXPECT_EQ(sessions().size(), 3U);
  EXPECT_EQ(hub_->counters().table.gave_way, 3U);
  EXPECT_EQ(refused(GateFault::unauthenticated), 0U);
}

}  // namespace
}  // namespace holter::heartbeat
