// The adapter of the presence river and a caller at each other, over a link in simulated time.
#include <gmock/gmock.h>

#include "compat/heartbeat_adapter.h"
#include "compat/heartbeat_caller.h"
#include "compat/test_ether.h"
#include "heartbeat/listener.h"
#include "sim/world.h"

namespace holter::compat {
namespace {

using base::Duration;
using base::IpAddress;
using record::SessionState;
using testing::ElementsAre;

const IpAddress kClient = IpAddress::v4({192, 0, 2, 1});
const IpAddress kHub = IpAddress::v4({192, 0, 2, 2});

struct Notes final : record::Sink {
  void accept(record::Record record) override {
    if (const auto* change = std::get_if<record::PulseChange>(&record)) states.push_back(change->to);
    if (const auto* message = std::get_if<record::PulseMessage>(&record)) texts.push_back(message->text.raw());
  }
  std::vector<SessionState> states;
  std::vector<std::string> texts;
};

struct Link {
  test::Ether ether;
  Notes notes;
  AdapterCounters counters;
  int pulses = 0;
  base::Result<void> said;
  Duration took;
};

// A hub with a timeout of 4 s and two pulses, for so long.
env::Task<void> run_hub(env::Env plain, Link* link, Duration span) {
  test::EtherHost host(link->ether, plain, kHub);
  const env::Env env = host.env();
  heartbeat::ListenerOptions options;
  options.endpoints.clear();
  options.table.segments = heartbeat::DetectorOptions{2, kPulseSpacing, Duration::seconds(4)};
  const auto listener = heartbeat::HeartbeatListener::open(env, options, link->notes).value();
  const auto adapter = HeartbeatAdapter::open(env, {.interfaces = {"eth0"}}, *listener).value();
  env::TaskGroup tasks(env.executor);
  tasks.spawn(listener->run());
  adapter->run_in(tasks);
  co_await env.clock.sleep_for(span);
  listener->shutdown();
  co_await tasks.stop();
  link->counters = adapter->counters();
}

env::Task<void> say_all(env::Env plain, Link* link, std::vector<std::string> texts, Duration stays) {
  test::EtherHost host(link->ether, plain, kClient);
  const env::Env env = host.env();
  HeartbeatCallerOptions options;
  options.hub = kHub;
  options.on_pulse = [link] { ++link->pulses; };
  const auto caller = HeartbeatCaller::open(env, std::move(options)).value();
  env::TaskGroup tasks(env.executor);
  caller->run_in(tasks);
  for (const auto& text : texts) {
    const base::Instant begun = env.clock.now();
    link->said = co_await caller->say(text);
    link->took = env.clock.now() - begun;
  }
  co_await env.clock.sleep_for(stays);
  co_await tasks.stop();
}

class HeartbeatLink : public testing::Test {
 protected:
  void run(std::vector<std::string> texts, Duration stays, Duration span) {
    auto& hub = world_.add_host("hub", {.addresses = {kHub}});
    auto& client = world_.add_host("client", {.addresses = {kClient}});
    hub.boot([this, span](env::Env env) { return run_hub(env, &link_, span); });
    world_.run_for(Duration::milliseconds(1));
    client.boot([this, texts, stays](env::Env env) { return say_all(env, &link_, texts, stays); });
    world_.run_for(span + Duration::seconds(1));
    EXPECT_EQ(world_.failure(), "");
  }

  Link link_;
  sim::World world_{1};
};

TEST_F(HeartbeatLink, MessagesArriveOnceAndTheKernelIsWaitedFor) {
  run({"Whats up Doc?", "again", "TERMINATE"}, Duration::zero(), Duration::seconds(2));
  EXPECT_TRUE(link_.said);
  EXPECT_THAT(link_.notes.texts, ElementsAre("Whats up Doc?", "again"));
  EXPECT_THAT(link_.notes.states, ElementsAre(SessionState::up, SessionState::admin_down));
  EXPECT_EQ(link_.counters.hub.heard, 6U) << "a SYN and a text each";
  EXPECT_EQ(link_.counters.hub.ignored, 3U) << "the empty ACKs";
}

TEST_F(HeartbeatLink, WhoLeavesIsAskedTwiceAndGivenUp) {
  run({"hello"}, Duration::seconds(1), Duration::seconds(20));
  EXPECT_THAT(link_.notes.states,
              ElementsAre(SessionState::up, SessionState::pulsing, SessionState::pulsing, SessionState::down));
  EXPECT_EQ(link_.counters.pulses_sent, 2U);
  EXPECT_EQ(link_.ether.carried.size(), 9U) << "the message and two pulses";
}

TEST_F(HeartbeatLink, WhoStaysAnswersAndIsKept) {
  run({"hello"}, Duration::seconds(13), Duration::seconds(14));
  EXPECT_EQ(link_.pulses, 3) << "after each 4 s of silence";
  EXPECT_EQ(link_.notes.states.back(), SessionState::up);
  EXPECT_THAT(link_.notes.texts, ElementsAre("hello")) << "an answer is no message";
}

TEST_F(HeartbeatLink, AHubThatIsNotThereIsWaitedForASecond) {
  link_.ether.kernels_answer = false;
  run({"hello"}, Duration::zero(), Duration::seconds(3));
  ASSERT_FALSE(link_.said);
  EXPECT_EQ(link_.said.error().kind, base::ErrorKind::timeout);
  EXPECT_EQ(link_.took, HeartbeatCaller::kResetTime);
  EXPECT_EQ(link_.ether.carried.size(), 3U) << "the rest is sent all the same";
}

TEST_F(HeartbeatLink, AnInterfaceThatComesBackIsHeardAgain) {
  auto& hub = world_.add_host("hub", {.addresses = {kHub}});
  hub.boot([this](env::Env env) { return run_hub(env, &link_, Duration::seconds(5)); });
  world_.run_for(Duration::milliseconds(100));
  link_.ether.take_away();
  world_.run_for(Duration::seconds(2));
  link_.ether.there = true;
  world_.run_for(Duration::milliseconds(1'500));
  for (const auto& packet : message_packets({kClient, 5}, {kHub, kHeartbeatPort}, 1, "back")) link_.ether.carry(packet);
  world_.run_for(Duration::seconds(3));
  EXPECT_EQ(world_.failure(), "");
  EXPECT_THAT(link_.notes.texts, ElementsAre("back"));
}

TEST_F(HeartbeatLink, OnlyWhatCameInForThisHostIsHeard) {
  auto& hub = world_.add_host("hub", {.addresses = {kHub}});
  hub.boot([this](env::Env env) { return run_hub(env, &link_, Duration::seconds(1)); });
  world_.run_for(Duration::milliseconds(100));
  const auto say = [this](std::string_view text, env::Frame as) {
    link_.ether.deliver(kHub, message_packets({kClient, 5}, {kHub, kHeartbeatPort}, 1, text)[2], as);
  };
  env::Frame frame;
  for (const auto direction : {env::FrameDirection::outgoing, env::FrameDirection::other_host,
                               env::FrameDirection::broadcast, env::FrameDirection::multicast}) {
    frame.direction = direction;
    say("not for us", frame);
  }
  frame.direction = env::FrameDirection::host;
  frame.has_vlan = true;
  say("of another interface", frame);
  say("for us", {});
  auto damaged = message_packets({kClient, 5}, {kHub, kHeartbeatPort}, 1, "damaged")[2];
  damaged.back() ^= 1;
  link_.ether.deliver(kHub, damaged);
  link_.ether.dropped = 7;
  world_.run_for(Duration::seconds(2));
  EXPECT_THAT(link_.notes.texts, ElementsAre("for us"));
  EXPECT_EQ(link_.counters.damaged, 1U);
  EXPECT_EQ(link_.counters.dropped, 7U);
}

env::Task<void> open_refused(env::Env plain, Link* link, base::Error* why) {
  test::EtherHost host(link->ether, plain, kClient);
  host.may_send = false;
  HeartbeatCallerOptions options;
  options.hub = kHub;
  const auto caller = HeartbeatCaller::open(host.env(), std::move(options));
  if (!caller) *why = caller.error();
  co_return;
}

TEST_F(HeartbeatLink, WithoutPrivilegeNothingIsOpened) {
  base::Error why;
  auto& client = world_.add_host("client", {.addresses = {kClient}});
  client.boot([this, &why](env::Env env) { return open_refused(env, &link_, &why); });
  world_.run_for(Duration::seconds(1));
  EXPECT_EQ(why.kind, base::ErrorKind::permission);
}

env::Task<void> choose_interfaces(env::Env plain, Link* link, bool* done) {
  test::EtherHost host(link->ether, plain, kHub);
  const IpAddress loopback = IpAddress::loopback(IpAddress::Family::v4);
  const IpAddress v6 = IpAddress::loopback(IpAddress::Family::v6);
  host.known = {{1, "lo", "", {v6, loopback}, true, true},
                {2, "eth0", "", {v6, kHub}, true, false},
                {3, "eth1", "", {v6}, true, false},
                {4, "eth2", "", {kClient}, false, false}};
  EXPECT_THAT(interfaces_for_segments(host, "").value(), ElementsAre("lo", "eth0"));
  EXPECT_THAT(interfaces_for_segments(host, "eth2").value(), ElementsAre("eth2"));
  EXPECT_EQ(own_address(host, {"lo", "eth0"}), kHub);
  EXPECT_EQ(own_address(host, {"lo"}), loopback);
  EXPECT_EQ(interface_towards(host, kClient, kClient).value(), "lo");
  EXPECT_EQ(interface_towards(host, loopback, loopback).value(), "lo");
  EXPECT_EQ(interface_towards(host, IpAddress::v4({192, 0, 2, 9}), kHub).value(), "eth0");
  EXPECT_FALSE(interface_towards(host, IpAddress::v4({192, 0, 2, 9}), IpAddress::v4({198, 51, 100, 1})));
  host.known.clear();
  EXPECT_FALSE(interfaces_for_segments(host, ""));
  *done = true;
  co_return;
}

TEST_F(HeartbeatLink, InterfacesAreChosenByTheirAddresses) {
  bool done = false;
  auto& host = world_.add_host("host", {.addresses = {kHub}});
  host.boot([this, &done](env::Env env) { return choose_interfaces(env, &link_, &done); });
  world_.run_for(Duration::seconds(1));
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace holter::compat
