// OwnTraffic on simulated hosts, with addresses that come and go.
#include "capture/own_traffic.h"

#include <gtest/gtest.h>

#include "sim/world.h"

namespace holter::capture {
namespace {

using base::Duration;
using base::Endpoint;
using base::IpAddress;
using Family = base::IpAddress::Family;

const IpAddress kSelf = IpAddress::v4({192, 0, 2, 1});
const IpAddress kSecond = IpAddress::v4({192, 0, 2, 3});
const IpAddress kOther = IpAddress::v4({192, 0, 2, 2});
const Endpoint kEverywhere{IpAddress::any(Family::v4), 4280};
const OwnConnection kUplink{{kSelf, 40'000}, {kOther, 4282}};
constexpr Duration kMoment = OwnTraffic::kLookEvery + Duration::milliseconds(1);

// The simulated host, but for its addresses.
struct Addresses final : env::Host {
  explicit Addresses(env::Host& host) : under(host) {}
  std::string name() const override { return under.name(); }
  base::Result<std::vector<env::Interface>> interfaces() override {
    env::Interface eth0;
    eth0.name = "eth0";
    eth0.addresses = now;
    return std::vector{eth0};
  }
  base::Result<env::Link> link(std::uint32_t index) override { return under.link(index); }
  std::string interface_name(std::uint32_t index) override { return under.interface_name(index); }
  std::size_t room_for_connections() const override { return under.room_for_connections(); }
  base::Result<std::vector<env::Gateway>> gateways() override { return under.gateways(); }
  base::Result<std::string> default_interface() override { return under.default_interface(); }
  base::Result<std::vector<IpAddress>> resolvers() override { return under.resolvers(); }

  env::Host& under;
  std::vector<IpAddress> now = {kSelf, *IpAddress::parse("fe80::1")};
};

env::Env with_host(const env::Env& e, env::Host& host) {
  return {e.clock, e.network, e.http, e.programs, e.frames, e.files, host, e.random, e.log, e.offload, e.executor};
}

// What a capture takes out of its feed: the newest, or nothing new.
std::optional<OwnSockets> taken(const OwnFeed& feed) {
  std::vector<OwnSockets> told;
  feed->take(told);
  return told.empty() ? std::nullopt : std::optional(told.back());
}

OwnSockets only_connection(const OwnConnection& connection) { return {.connections = {connection}}; }

using Body = env::Task<void> (*)(env::Env, Addresses*);

env::Task<void> on_a_host(env::Env env, Body body, bool* done) {
  Addresses addresses(env.host);
  co_await body(with_host(env, addresses), &addresses);
  *done = true;
}

void run_on_a_host(Body body) {
  bool done = false;
  sim::World world(1);
  auto& near = world.add_host("near", {.addresses = {kSelf, kSecond}});
  near.boot([body, &done](env::Env env) { return on_a_host(env, body, &done); });
  world.run_for(Duration::hours(1));
  EXPECT_EQ(world.failure(), "");
  EXPECT_TRUE(done);
}

env::Task<void> one_listens(env::Env env, Addresses* /*addresses*/) {
  OwnTraffic own(env);
  auto listener = own.watch(env.network.listen({kSelf, 4280}).value());
  EXPECT_EQ(listener->local(), (Endpoint{kSelf, 4280}));
  const auto feed = own.feed();
  EXPECT_EQ(taken(feed), (OwnSockets{.listening = {{kSelf, 4280}}}));
  EXPECT_EQ(taken(feed), std::nullopt) << "nothing new";
  co_return;
}

TEST(OwnTraffic, WhatListensIsOwnBeforeAnybodyConnects) { run_on_a_host(one_listens); }

env::Task<void> addresses_change(env::Env env, Addresses* addresses) {
  OwnTraffic own(env);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(own.run());
  auto listener = own.watch(env.network.listen(kEverywhere).value());
  const auto feed = own.feed();
  EXPECT_EQ(taken(feed)->listening, (std::vector<Endpoint>{{kSelf, 4280}})) << "none of the other family";
  addresses->now = {kSelf, kSecond};
  co_await env.clock.sleep_for(OwnTraffic::kAddressesEvery + kMoment);
  EXPECT_EQ(taken(feed)->listening, (std::vector<Endpoint>{{kSelf, 4280}, {kSecond, 4280}}));
  addresses->now = {kSecond};
  co_await env.clock.sleep_for(OwnTraffic::kAddressesEvery + kMoment);
  EXPECT_EQ(taken(feed), std::nullopt) << "it may still be spoken to";
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards);
  EXPECT_EQ(taken(feed)->listening, (std::vector<Endpoint>{{kSecond, 4280}}));
  co_await tasks.stop();
}

TEST(OwnTraffic, AListenerOnEveryAddressFollowsTheHosts) { run_on_a_host(addresses_change); }

env::Task<void> accept_one(env::Listener* listener, std::unique_ptr<env::ByteStream>* into) {
  auto stream = co_await listener->accept();
  if (stream) *into = std::move(*stream);
}

env::Task<void> an_unknown_address(env::Env env, Addresses* /*addresses*/) {
  OwnTraffic own(env);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(own.run());
  auto listener = own.watch(env.network.listen(kEverywhere).value());
  const auto feed = own.feed();
  taken(feed);
  std::unique_ptr<env::ByteStream> accepted;
  tasks.spawn(accept_one(listener.get(), &accepted));
  auto connected = co_await env.network.connect({kSecond, 4280});
  EXPECT_TRUE(connected);
  co_await env.clock.sleep_for(kMoment);
  EXPECT_EQ(taken(feed)->listening, (std::vector<Endpoint>{{kSelf, 4280}, {kSecond, 4280}}));
  EXPECT_EQ(accepted->peer(), connected.value()->local());
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards * 2);
  EXPECT_EQ(taken(feed), std::nullopt) << "for as long as the connection is there";
  accepted.reset();
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards + kMoment);
  EXPECT_EQ(taken(feed)->listening, (std::vector<Endpoint>{{kSelf, 4280}}));
  co_await tasks.stop();
}

TEST(OwnTraffic, AnAddressIsKnownByWhoComesInByIt) { run_on_a_host(an_unknown_address); }

env::Task<void> connect_and_end(env::Env env, Addresses* /*addresses*/) {
  OwnTraffic own(env);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(own.run());
  const auto feed = own.feed();
  EXPECT_EQ(taken(feed), OwnSockets());
  auto held = own.hold(kUplink);
  EXPECT_EQ(taken(feed), only_connection(kUplink)) << "at once";
  held.reset();
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards - kMoment);
  EXPECT_EQ(taken(feed), std::nullopt) << "the kernel may still say goodbye";
  held = own.hold(kUplink);
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards * 2);
  EXPECT_EQ(taken(feed), std::nullopt) << "the same ports again";
  EXPECT_EQ(own.figures().connections, 1U);
  held.reset();
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards + kMoment);
  EXPECT_EQ(taken(feed), OwnSockets());
  co_await tasks.stop();
}

TEST(OwnTraffic, AConnectionIsHeldForAWhileAfterItsEnd) { run_on_a_host(connect_and_end); }

env::Task<void> too_many(env::Env env, Addresses* /*addresses*/) {
  OwnTraffic own(env);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(own.run());
  std::vector<OwnTraffic::Hold> held;
  const auto connection = [](std::size_t n) {
    return OwnConnection{{kSelf, static_cast<std::uint16_t>(n + 1)}, {kOther, 4282}};
  };
  for (std::size_t n = 0; n < OwnTraffic::kMaxSockets; ++n) held.push_back(own.hold(connection(n)));
  EXPECT_EQ(own.figures().refused, 0U);
  EXPECT_EQ(own.hold(connection(OwnTraffic::kMaxSockets)), nullptr);
  EXPECT_NE(own.hold(connection(7)), nullptr) << "held already";
  EXPECT_EQ(own.figures().refused, 1U);
  EXPECT_EQ(own.figures().connections, OwnTraffic::kMaxSockets);
  held.clear();
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards + kMoment);
  EXPECT_NE(own.hold(connection(OwnTraffic::kMaxSockets)), nullptr);
  co_await tasks.stop();
}

TEST(OwnTraffic, WhatFindsNoRoomIsCounted) { run_on_a_host(too_many); }

env::Task<void> several_captures(env::Env env, Addresses* /*addresses*/) {
  OwnTraffic own(env);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(own.run());
  const auto first = own.feed();
  auto second = own.feed();
  const auto held = own.hold(kUplink);
  EXPECT_EQ(taken(first), only_connection(kUplink));
  EXPECT_EQ(taken(second), only_connection(kUplink));
  second.reset();
  EXPECT_EQ(taken(own.feed()), only_connection(kUplink)) << "one that begins later";
  // Until it is full, which is made good when there is room again.
  for (std::uint16_t n = 0; first->refused() == 0 && n < 60'000; ++n) {
    own.hold({{kSelf, static_cast<std::uint16_t>(n % 1'000 + 1)}, {kOther, n}});
    if (n % 500 == 499) co_await env.clock.sleep_for(OwnTraffic::kAfterwards + kMoment);
  }
  EXPECT_GT(first->refused(), 0U);
  co_await env.clock.sleep_for(OwnTraffic::kAfterwards + kMoment);
  EXPECT_NE(taken(first), only_connection(kUplink)) << "the last change found no room";
  co_await env.clock.sleep_for(kMoment);
  EXPECT_EQ(taken(first), only_connection(kUplink));
  co_await tasks.stop();
}

TEST(OwnTraffic, EachCaptureIsTold) { run_on_a_host(several_captures); }

env::Task<void> outlived(env::Env env, Addresses* /*addresses*/) {
  OwnTraffic::Hold held;
  {
    OwnTraffic own(env);
    held = own.hold(kUplink);
  }
  held.reset();
  co_return;
}

TEST(OwnTraffic, AHoldMayOutliveIt) { run_on_a_host(outlived); }

}  // namespace
}  // namespace holter::capture
