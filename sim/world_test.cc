#include "sim/world.h"

#include <gtest/gtest.h>

#include "sim/seeds.h"

namespace holter::sim {
namespace {

using base::Bytes;
using base::Duration;
using base::Endpoint;
using base::IpAddress;

const IpAddress kHubAddress = IpAddress::v4({192, 0, 2, 1});
const IpAddress kAgentAddress = IpAddress::v4({192, 0, 2, 2});
constexpr std::uint16_t kPort = 4280;

env::DatagramOptions udp(std::uint16_t port) {
  env::DatagramOptions options;
  options.local.port = port;
  options.errors = true;
  return options;
}

// Answers every datagram with the same bytes.
env::Task<void> pong(env::Env env) {
  auto socket = env.network.open_datagram(udp(kPort)).value();
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    (void)co_await socket->receive(arrivals, 16);
    for (const auto& arrival : arrivals) {
      if (arrival.kind == env::Arrival::Kind::data) (void)socket->send(arrival.peer, arrival.data);
    }
  }
}

// Sends one datagram a second and counts what comes back.
env::Task<void> ping(env::Env env, int* answers, int* refusals) {
  auto socket = env.network.open_datagram(udp(0)).value();
  const std::vector<std::uint8_t> payload{1, 2, 3};
  std::vector<env::Arrival> arrivals;
  for (;;) {
    (void)socket->send({kHubAddress, kPort}, payload);
    const auto next = env.clock.now() + Duration::seconds(1);
    for (;;) {
      arrivals.clear();
      auto receive = socket->receive(arrivals, 16);
      const auto got = co_await env::with_deadline(env.clock, next, std::move(receive));
      if (!got) break;
      for (const auto& arrival : arrivals) ++*(arrival.kind == env::Arrival::Kind::data ? answers : refusals);
    }
  }
}

struct PingPong {
  explicit PingPong(World& w)
      : world(w),
        hub(w.add_host("hub", {.addresses = {kHubAddress}})),
        agent(w.add_host("agent", {.addresses = {kAgentAddress}})) {
    hub.boot(pong);
    agent.boot([this](env::Env env) { return ping(env, &answers, &refusals); });
  }
  World& world;
  Host& hub;
  Host& agent;
  int answers = 0;
  int refusals = 0;
};

TEST(World, PingPongIsAnsweredEverySecondOfAnHour) {
  World world(1);
  PingPong game(world);
  world.run_for(Duration::hours(1) - Duration::milliseconds(1));
  EXPECT_EQ(game.answers, 3'600);
  EXPECT_EQ(world.failure(), "");
}

std::uint64_t stormy_run(World& world) {
  PingPong game(world);
  world.fabric().set_faults({.drop = 0.1, .duplicate = 0.1, .reorder = 0.2, .delay_max = Duration::milliseconds(300)});
  for (int i = 1; i <= 20; ++i) {
    world.at(world.now() + Duration::seconds(10) * i, [&] {
      world.random().chance(0.5) ? world.crash(game.hub) : world.power_loss(game.hub);
      game.hub.restart();
    });
  }
  world.run_for(Duration::minutes(5));
  EXPECT_GT(game.answers, 100);
  return world.trace_hash();
}

TEST(World, TheSameSeedTwiceIsTheSameRun) {
  std::uint64_t previous = 0;
  EXPECT_TRUE(for_each_seed(50, [&](World& world) {
    World again(world.seed());
    const std::uint64_t hash = stormy_run(world);
    const bool same = hash == stormy_run(again) && hash != previous;
    previous = hash;
    return same;
  }));
}

TEST(World, APartitionStopsAnswersUntilItHeals) {
  World world(2);
  PingPong game(world);
  world.run_for(Duration::seconds(10));
  world.partition(game.hub, game.agent);
  const int before = game.answers;
  world.run_for(Duration::seconds(10));
  EXPECT_LE(game.answers, before + 1);
  world.heal(game.hub, game.agent);
  world.run_for(Duration::seconds(10));
  EXPECT_GE(game.answers, before + 9);
}

TEST(World, ACrashedProcessIsRefusedByItsKernelAndALostMachineIsSilent) {
  World world(3);
  PingPong game(world);
  world.run_for(Duration::seconds(5));
  world.crash(game.hub);
  world.run_for(Duration::seconds(5));
  EXPECT_GE(game.refusals, 4);
  const int before = game.refusals;
  world.power_loss(game.hub);
  world.run_for(Duration::seconds(5));
  EXPECT_EQ(game.refusals, before);
  EXPECT_FALSE(game.hub.running());
}

struct Guard {
  explicit Guard(int* n) : alive(n) { ++*alive; }
  ~Guard() { --*alive; }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  int* alive;
};

env::Task<void> hold_lock(env::Env env, int* alive, bool* locked) {
  const Guard guard(alive);
  const auto lock = env.files.lock("/lock");
  *locked = lock.has_value();
  const auto again = env.files.lock("/lock");
  EXPECT_EQ(again.error().kind, base::ErrorKind::busy);
  co_await env.clock.sleep_until(base::Instant::max());
}

TEST(World, AnUnpluggedHostReachesItselfOnlyAndItsInterfaceSaysSo) {
  World world(1);
  PingPong game(world);
  world.run_for(Duration::seconds(5));
  const auto before = game.agent.link(kInterfaceIndex).value();
  EXPECT_TRUE(before.carrier);
  EXPECT_GE(before.received_frames, 5U);
  world.at(world.now(), [&] { game.agent.stack().unplug(); });
  world.run_for(Duration::seconds(5));
  const auto unplugged = game.agent.link(kInterfaceIndex).value();
  EXPECT_FALSE(unplugged.carrier);
  EXPECT_EQ(unplugged.carrier_losses, 1U);
  EXPECT_LE(unplugged.received_frames, before.received_frames + 1);
  EXPECT_TRUE(game.agent.link(kLoopbackIndex).value().carrier);
  world.at(world.now(), [&] { game.agent.stack().plug(); });
  world.run_for(Duration::seconds(5));
  EXPECT_GT(game.agent.link(kInterfaceIndex).value().received_frames, unplugged.received_frames);
  EXPECT_EQ(game.agent.link(7).error().kind, base::ErrorKind::not_found);
}

TEST(World, ASuspensionIsCountedApartFromTheTimeThatPasses) {
  World world(1);
  PingPong game(world);
  world.suspend(game.agent);
  world.run_for(Duration::hours(1));
  EXPECT_EQ(game.agent.clock().suspended(), Duration::zero());
  world.resume(game.agent);
  world.run_for(Duration::seconds(1));
  EXPECT_EQ(game.agent.clock().suspended(), Duration::hours(1));
}

TEST(World, ACrashEndsFramesAndLocks) {
  int alive = 0;
  bool locked = false;
  World world(4);
  auto& host = world.add_host("agent", {.addresses = {kAgentAddress}});
  host.boot([&](env::Env env) { return hold_lock(env, &alive, &locked); });
  world.run_for(Duration::seconds(1));
  EXPECT_EQ(alive, 1);
  world.crash(host);
  EXPECT_EQ(alive, 0);
  locked = false;
  host.restart();
  world.run_for(Duration::seconds(1));
  EXPECT_TRUE(locked);
}

env::Task<void> spin(env::Env env) {
  for (;;) co_await env.offload.run_blocking([] {});
}

TEST(World, ALiveLockFailsTheRun) {
  World world(5);
  world.add_host("agent", {.addresses = {kAgentAddress}}).boot(spin);
  world.run_for(Duration::seconds(1));
  EXPECT_EQ(world.failure(), "agent never comes to rest: a live-lock");
}

env::Task<void> complain(env::Env env) {
  env.log.error("spool", "the disk is gone");
  co_return;
}

TEST(World, AnErrorLineFailsTheRunUnlessAllowed) {
  World world(6);
  auto& host = world.add_host("agent", {.addresses = {kAgentAddress}});
  host.boot(complain);
  world.run_for(Duration::seconds(1));
  EXPECT_EQ(world.failure(), "agent logged an error: spool: the disk is gone");
  host.log().allow_error("disk is gone");
  EXPECT_EQ(world.failure(), "");
  SIM_REACHED(world, "complained");
  EXPECT_EQ(world.marks().times("complained"), 1U);
}

}  // namespace
}  // namespace holter::sim
