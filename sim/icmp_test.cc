// What the simulated kernels and routers do with ICMP, and the stamps that come with it.
#include <gtest/gtest.h>

#include "sim/packet.h"
#include "sim/world.h"

namespace holter::sim {
namespace {

using base::Duration;
using base::IpAddress;
using env::Arrival;
using env::DatagramKind;

const IpAddress kHere = IpAddress::v4({192, 0, 2, 1});
const IpAddress kThere = IpAddress::v4({192, 0, 2, 2});
const IpAddress kRouter = IpAddress::v4({203, 0, 113, 1});
const IpAddress kNextRouter = IpAddress::v4({203, 0, 113, 2});
const IpAddress kHere6 = IpAddress::parse("2001:db8::1").value();
const IpAddress kThere6 = IpAddress::parse("2001:db8::2").value();
constexpr Duration kDelay = Duration::milliseconds(10);

std::vector<std::uint8_t> echo_request(bool v4) {
  return {static_cast<std::uint8_t>(v4 ? 8 : 128), 0, 0, 0, 0x12, 0x34, 0, 7, 'h', 'o', 'l', 't', 'e', 'r'};
}

struct Sent {
  env::DatagramOptions options;
  base::Endpoint to;
  std::vector<std::uint8_t> payload;
  std::vector<Arrival> arrivals;
  std::uint16_t own_id = 0;
};

// Sends one datagram and gathers what comes within two seconds.
env::Task<void> send_one(env::Env env, Sent* sent) {
  auto socket = env.network.open_datagram(sent->options).value();
  sent->own_id = socket->local().port;
  EXPECT_EQ(socket->send(sent->to, sent->payload).value(), 0U);
  const auto end = env.clock.now() + Duration::seconds(2);
  for (bool more = true; more;) {
    auto receive = socket->receive(sent->arrivals, 16);
    more = (co_await env::with_deadline(env.clock, end, std::move(receive))).has_value();
  }
}

struct IcmpLab {
  IcmpLab()
      : here(world.add_host("here", {.addresses = {kHere, kHere6}})),
        there(world.add_host("there", {.addresses = {kThere, kThere6}})) {
    world.fabric().set_faults({.delay_min = kDelay, .delay_max = kDelay});
  }
  Sent send(DatagramKind kind, const IpAddress& to, std::vector<std::uint8_t> payload, std::uint8_t ttl = 64) {
    sent.options.kind = kind;
    sent.options.local.address = IpAddress::any(to.family());
    sent.options.stamps = sent.options.errors = true;
    sent.options.egress.ttl = ttl;
    sent.to = {to, static_cast<std::uint16_t>(kind == DatagramKind::udp ? 9 : 0)};
    sent.payload = std::move(payload);
    here.boot([this](env::Env env) { return send_one(env, &sent); });
    world.run_for(Duration::seconds(3));
    return sent;
  }
  Sent sent;
  World world{1};
  Host& here;
  Host& there;
};

TEST(Icmp, AKernelAnswersEchoesOfBothFamiliesAndStampsThem) {
  for (const bool v4 : {true, false}) {
    for (const auto kind : {DatagramKind::icmp_raw, DatagramKind::icmp_echo}) {
      IcmpLab lab;
      const auto start = lab.world.now();
      const Sent sent = lab.send(kind, v4 ? kThere : kThere6, echo_request(v4));
      ASSERT_EQ(sent.arrivals.size(), 2U) << v4;
      const Arrival& left = sent.arrivals[0];
      EXPECT_EQ(left.kind, Arrival::Kind::transmitted);
      EXPECT_EQ(left.send_number, 0U);
      EXPECT_EQ(left.stamp->in_nanoseconds(), true_wall_time(start).in_nanoseconds());
      const Arrival& reply = sent.arrivals[1];
      EXPECT_EQ(reply.kind, Arrival::Kind::data);
      EXPECT_EQ(reply.peer.address, v4 ? kThere : kThere6);
      EXPECT_EQ(*reply.stamp - *left.stamp, kDelay * 2);
      EXPECT_EQ(reply.received_at - start, kDelay * 2);
      EXPECT_EQ(reply.ttl, 64);
      EXPECT_EQ(reply.data.at(0), v4 ? 0 : 129);
      // The kernel owns a ping socket's id and keeps a raw socket's.
      const int id = reply.data.at(4) << 8 | reply.data.at(5);
      EXPECT_EQ(id, kind == DatagramKind::icmp_raw ? 0x1234 : sent.own_id);
      EXPECT_EQ(std::string(reply.data.begin() + 8, reply.data.end()), "holter");
    }
  }
}

TEST(Icmp, APingSocketSendsNothingButEchoRequests) {
  IcmpLab lab;
  lab.here.boot([](env::Env env) -> env::Task<void> {
    return [](env::Env e) -> env::Task<void> {
      env::DatagramOptions options;
      options.kind = DatagramKind::icmp_echo;
      auto socket = e.network.open_datagram(options).value();
      auto reply = echo_request(true);
      reply[0] = 0;
      EXPECT_EQ(socket->send({kThere, 0}, reply).error().kind, base::ErrorKind::invalid);
      EXPECT_EQ(socket->send({kThere6, 0}, echo_request(false)).error().kind, base::ErrorKind::unsupported);
      co_return;
    }(env);
  });
  lab.world.run_for(Duration::seconds(1));
}

TEST(Icmp, RoutersSpendTheTtlAndSayWhereItEnded) {
  for (const std::uint8_t ttl : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    IcmpLab lab;
    lab.world.internet().set_routers(lab.here.index(), lab.there.index(), {{kRouter}, {kNextRouter}});
    const Sent sent = lab.send(DatagramKind::icmp_echo, kThere, echo_request(true), ttl);
    ASSERT_EQ(sent.arrivals.size(), 2U);
    const Arrival& got = sent.arrivals[1];
    EXPECT_EQ(got.kind, ttl == 3 ? Arrival::Kind::data : Arrival::Kind::error) << int{ttl};
    if (ttl == 3) continue;
    EXPECT_EQ(got.offender, ttl == 1 ? kRouter : kNextRouter);
    EXPECT_EQ(got.icmp_type, 11);
    EXPECT_EQ(got.icmp_code, 0);
    EXPECT_EQ(got.error, base::ErrorKind::unreachable);
    EXPECT_EQ(got.peer.address, kThere);
    EXPECT_EQ(got.data.at(0), 8) << "the quoted message";
  }
}

TEST(Icmp, ARawSocketSeesTheErrorAsAMessage) {
  IcmpLab lab;
  lab.world.internet().set_edge_router(kRouter);
  const Sent sent = lab.send(DatagramKind::icmp_raw, IpAddress::v4({198, 51, 100, 9}), echo_request(true));
  ASSERT_EQ(sent.arrivals.size(), 2U);
  EXPECT_EQ(sent.arrivals[1].kind, Arrival::Kind::data);
  EXPECT_EQ(sent.arrivals[1].peer.address, kRouter);
  EXPECT_EQ(sent.arrivals[1].data.at(0), 3);
  EXPECT_EQ(sent.arrivals[1].data.at(1), 1);
  // It quotes the packet with its IP header.
  EXPECT_EQ(sent.arrivals[1].data.at(8), 0x45);
  EXPECT_EQ(sent.arrivals[1].data.at(28), 8);
}

TEST(Icmp, AClosedPortAndAMissingHostAreErrorsOnUdpOfBothFamilies) {
  for (const bool v4 : {true, false}) {
    IcmpLab closed;
    const Sent sent = closed.send(DatagramKind::udp, v4 ? kThere : kThere6, {1, 2, 3});
    ASSERT_EQ(sent.arrivals.size(), 2U);
    const Arrival& error = sent.arrivals[1];
    EXPECT_EQ(error.error, base::ErrorKind::refused);
    EXPECT_EQ(error.icmp_type, v4 ? 3 : 1);
    EXPECT_EQ(error.icmp_code, v4 ? 3 : 4);
    EXPECT_EQ(error.offender, v4 ? kThere : kThere6);
    EXPECT_EQ(error.peer.port, 9);
    EXPECT_EQ(error.data, (std::vector<std::uint8_t>{1, 2, 3}));
  }
  IcmpLab missing;
  missing.world.internet().set_edge_router(kRouter);
  const Sent sent = missing.send(DatagramKind::udp, IpAddress::v4({198, 51, 100, 9}), {1});
  ASSERT_EQ(sent.arrivals.size(), 2U);
  EXPECT_EQ(sent.arrivals[1].error, base::ErrorKind::unreachable);
  EXPECT_EQ(sent.arrivals[1].icmp_code, 1);
}

TEST(Icmp, AMachineWithoutPowerOrAsleepSaysNothing) {
  for (const bool asleep : {true, false}) {
    IcmpLab lab;
    asleep ? lab.world.suspend(lab.there) : lab.world.power_loss(lab.there);
    const Sent sent = lab.send(DatagramKind::icmp_echo, kThere, echo_request(true));
    EXPECT_EQ(sent.arrivals.size(), 1U) << "its own transmit stamp";
  }
}

}  // namespace
}  // namespace holter::sim
