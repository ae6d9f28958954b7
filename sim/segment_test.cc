#include "sim/segment.h"

#include <gtest/gtest.h>

#include "sim/world.h"

namespace holter::sim {
namespace {

using base::Duration;
using base::IpAddress;

const IpAddress kHere = IpAddress::v4({192, 0, 2, 1});
const IpAddress kThere = IpAddress::v4({192, 0, 2, 2});
constexpr std::uint16_t kFirstPort = 61'000;

std::vector<std::uint8_t> syn(std::uint16_t from, std::uint16_t to) {
  return {static_cast<std::uint8_t>(from >> 8),
          static_cast<std::uint8_t>(from),
          static_cast<std::uint8_t>(to >> 8),
          static_cast<std::uint8_t>(to),
          0,
          0,
          0,
          9,
          0,
          0,
          0,
          0,
          0x50,
          0x02,
          0xff,
          0xff,
          0,
          0,
          0,
          0};
}

env::Task<void> listen(env::Env env) {
  auto listener = env.network.listen({kThere, 80}).value();
  co_await env.clock.sleep_for(Duration::minutes(1));
}

// Asks an open port, a closed one, a dropped one, and the open one from a port that nobody hears.
env::Task<void> ask(env::Env env, std::vector<env::Arrival>* arrivals) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::tcp_raw;
  options.local = {kHere, kFirstPort};
  options.ports = 3;
  auto socket = env.network.open_datagram(options).value();
  EXPECT_TRUE(socket->send({kThere, 80}, syn(kFirstPort, 80)));
  EXPECT_TRUE(socket->send({kThere, 81}, syn(kFirstPort + 1, 81)));
  EXPECT_TRUE(socket->send({kThere, 82}, syn(kFirstPort + 2, 82)));
  EXPECT_TRUE(socket->send({kThere, 80}, syn(kFirstPort + 3, 80)));
  EXPECT_EQ(socket->send({kThere, 80}, std::vector<std::uint8_t>(19)).error().kind, base::ErrorKind::invalid);
  const auto end = env.clock.now() + Duration::seconds(2);
  for (bool more = true; more;) {
    auto receive = socket->receive(*arrivals, 16);
    more = (co_await env::with_deadline(env.clock, end, std::move(receive))).has_value();
  }
}

TEST(Segment, AKernelAnswersASynAsItsPortsAre) {
  World world(1);
  Host& here = world.add_host("here", {.addresses = {kHere}});
  Host& there = world.add_host("there", {.addresses = {kThere}});
  there.stack().drop_port(82);
  there.boot(listen);
  std::vector<env::Arrival> arrivals;
  here.boot([&](env::Env env) { return ask(env, &arrivals); });
  world.run_for(Duration::seconds(3));
  ASSERT_EQ(arrivals.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& bytes = arrivals[i].data;
    EXPECT_EQ(arrivals[i].peer, (base::Endpoint{kThere, 0}));
    EXPECT_EQ(bytes.at(1), 80 + i);
    EXPECT_EQ(bytes.at(11), 10) << "acknowledges the SYN";
    EXPECT_EQ(bytes.at(13), i == 0 ? 0x12 : 0x14);
  }
}

TEST(Segment, RawTcpIsRefusedWithoutTheBroker) {
  World world(1);
  Host& here = world.add_host("here", {.addresses = {kHere}, .raw_icmp = false});
  here.boot([](env::Env env) -> env::Task<void> {
    env::DatagramOptions options;
    options.kind = env::DatagramKind::tcp_raw;
    EXPECT_EQ(env.network.open_datagram(options).error().kind, base::ErrorKind::permission);
    co_return;
  });
  world.run_for(Duration::seconds(1));
}

}  // namespace
}  // namespace holter::sim
