#include "capture/probe_packets.h"

#include <gtest/gtest.h>

#include "base/seed_test.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using base::Duration;
using base::Endpoint;
using base::PacketTime;
using env::FrameDirection;
using record::AwaitedPackets;
using record::ProbeSighting;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;
using wire::test::kB6;

PacketTime at(double seconds) { return PacketTime::from_nanoseconds(static_cast<std::int64_t>(seconds * 1e9)); }

std::shared_ptr<const record::ProbeRun> run(std::uint64_t number, const std::string& probe,
                                            record::ProbeKind kind = record::ProbeKind::udp) {
  return std::make_shared<const record::ProbeRun>(record::ProbeRun{number, probe, kind});
}

// An ICMP error of a router between, about that frame.
FrameBytes error_about(const FrameBytes& frame, std::size_t quoted_bytes) {
  base::ByteWriter out;
  const base::Bytes quoted = base::Bytes(frame).subspan(14, std::min(quoted_bytes, frame.size() - 14));
  out.u8(11);
  out.u8(0);
  out.u16(0);
  out.u32(0);
  out.bytes(quoted);
  return wire::test::ip_frame(base::IpAddress::v4({198, 51, 100, 1}), kA4, wire::kIpprotoIcmp, out.view());
}

struct Wire : testing::Test {
  void await(AwaitedPackets awaited) { packets.await(std::move(awaited), awaited.from); }
  AwaitedPackets udp(std::uint64_t number, std::uint16_t port, double from, double until) {
    return {.run = run(number, "resolver"),
            .ip_protocol = record::kUdpProtocol,
            .remote = {kB4, 53},
            .local_port = port,
            .from = at(from),
            .until = at(until)};
  }
  AwaitedPackets tcp(std::uint64_t number, double from) {
    return {.run = run(number, "web", record::ProbeKind::tcp),
            .ip_protocol = record::kTcpProtocol,
            .remote = {kB4, 80},
            .from = at(from),
            .until = at(from + 10)};
  }
  void pass(const FrameBytes& frame, double seconds, FrameDirection direction, bool loopback = false) {
    packets.observe(decoded(frame), frame, direction, loopback, at(seconds));
  }
  void leave(const FrameBytes& frame, double seconds) { pass(frame, seconds, FrameDirection::outgoing); }
  void come(const FrameBytes& frame, double seconds) { pass(frame, seconds, FrameDirection::host); }
  static wire::Packet decoded(const FrameBytes& frame) {
    return wire::decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet);
  }
  std::string comment(const FrameBytes& frame, double seconds) {
    return packets.comment(decoded(frame), frame, at(seconds)).value_or("");
  }

  ProbePackets packets;
  FrameBytes question = wire::test::udp_frame({kA4, 4'000}, {kB4, 53}, "?");
  FrameBytes answer = wire::test::udp_frame({kB4, 53}, {kA4, 4'000}, "!");
  FrameBytes syn = wire::test::tcp_frame({kA4, 40'000}, {kB4, 80}, wire::kTcpSyn);
  FrameBytes syn_ack = wire::test::tcp_frame({kB4, 80}, {kA4, 40'000}, wire::kTcpSyn | wire::kTcpAck);
};

TEST_F(Wire, WhenAPacketLeftAndItsAnswerCameIsToldOnceTheyPassed) {
  await(udp(7, 4'000, 1, 5));
  EXPECT_FALSE(packets.saw_something());
  leave(question, 1.1);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 0, 4'000, at(1.1), {}}}));
  EXPECT_FALSE(packets.saw_something());
  come(answer, 1.3);
  come(answer, 1.4);
  leave(question, 1.5);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 0, 4'000, at(1.1), at(1.3)}})) << "the first of each";
}

TEST_F(Wire, BothInOneBlockAreOneSighting) {
  await(udp(7, 4'000, 1, 5));
  leave(question, 1.1);
  come(answer, 1.3);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 0, 4'000, at(1.1), at(1.3)}}));
}

TEST_F(Wire, WhatIsNotTheProbesIsNot) {
  await(udp(7, 4'000, 1, 5));
  leave(question, 0.9);
  leave(question, 5.1);
  come(question, 2);
  leave(wire::test::udp_frame({kA4, 4'001}, {kB4, 53}, "?"), 2);
  leave(wire::test::udp_frame({kA4, 4'000}, {kB4, 54}, "?"), 2);
  leave(wire::test::udp_frame({kA4, 4'000}, {kA4, 53}, "?"), 2);
  come(answer, 2);
  pass(question, 2, FrameDirection::other_host);
  EXPECT_FALSE(packets.saw_something());
  leave(question, 2.1);
  pass(answer, 2.2, FrameDirection::other_host);
  come(wire::test::udp_frame({kB4, 53}, {base::IpAddress::v4({192, 0, 2, 9}), 4'000}, "!"), 2.2);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 0, 4'000, at(2.1), {}}})) << "to another host's";
}

TEST_F(Wire, OfQuestionsFromOnePortEachHasItsOwnTime) {
  await(udp(1, 4'000, 1, 5));
  await(udp(2, 4'000, 2, 6));
  leave(question, 1.1);
  come(answer, 1.9);
  leave(question, 2.1);
  come(answer, 2.4);
  EXPECT_EQ(packets.take_seen(),
            (std::vector<ProbeSighting>{{1, 0, 4'000, at(1.1), at(1.9)}, {2, 0, 4'000, at(2.1), at(2.4)}}));
}

TEST_F(Wire, AConnectionIsKnownByItsFirstSynAndThenByItsPort) {
  await(tcp(1, 1));
  await(tcp(2, 3));
  const auto other = wire::test::tcp_frame({kA4, 41'000}, {kB4, 80}, wire::kTcpSyn);
  leave(syn, 1.001);
  leave(other, 1.002);
  come(syn_ack, 1.2);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{1, 0, 40'000, at(1.001), at(1.2)}}));
  leave(other, 3.001);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{2, 0, 41'000, at(3.001), {}}}));
  EXPECT_EQ(comment(syn_ack, 1.2), "holter: probe web (tcp), came on its connection");
  await(tcp(3, 5));
  leave(wire::test::tcp_frame({kA4, 42'000}, {kB4, 80}, wire::kTcpSyn), 6.5);
  EXPECT_FALSE(packets.saw_something()) << "long after the announcement it is somebody else's";
}

TEST_F(Wire, EchoesAreKnownByIdentifierAndSequence) {
  for (const bool v4 : {true, false}) {
    const auto& [near, far] = v4 ? std::pair(kA4, kB4) : std::pair(kA6, kB6);
    AwaitedPackets awaited{.run = run(7, "gateway", record::ProbeKind::icmp),
                           .ip_protocol = static_cast<std::uint8_t>(v4 ? 1 : 58),
                           .remote = {far, 3},
                           .local_port = 99,
                           .place = 2,
                           .of = 10,
                           .from = at(1),
                           .until = at(5)};
    await(awaited);
    leave(wire::test::echo_frame(near, far, false, 99, 4), 1.1);
    leave(wire::test::echo_frame(near, far, false, 98, 3), 1.1);
    const auto request = wire::test::echo_frame(near, far, false, 99, 3);
    const auto reply = wire::test::echo_frame(far, near, true, 99, 3);
    leave(request, 1.2);
    come(wire::test::echo_frame(far, near, true, 99, 4), 1.3);
    come(reply, 1.4);
    EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 2, 99, at(1.2), at(1.4)}}));
    EXPECT_EQ(comment(request, 1.2), "holter: probe gateway (icmp), its request 3 of 10");
    EXPECT_EQ(comment(reply, 1.4), "holter: probe gateway (icmp), the answer to its request 3 of 10");
  }
}

TEST_F(Wire, AnErrorThatQuotesThePacketIsWhatCameBack) {
  await(udp(7, 4'000, 1, 5));
  leave(question, 1.1);
  const auto error = error_about(question, 28);
  EXPECT_EQ(comment(error, 1.5), "holter: probe resolver (udp), an error about its request");
  come(error_about(wire::test::udp_frame({kA4, 4'001}, {kB4, 53}, "?"), 28), 1.4);
  come(error, 1.5);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 0, 4'000, at(1.1), at(1.5)}}));
  for (std::size_t cut = 0; cut < 28; ++cut) EXPECT_EQ(comment(error_about(question, cut), 1.5), "") << cut;
}

TEST_F(Wire, OnTheLoopbackEveryFrameComesIn) {
  await(udp(7, 4'000, 1, 5));
  pass(question, 1.1, FrameDirection::host, true);
  pass(answer, 1.2, FrameDirection::host, true);
  EXPECT_EQ(packets.take_seen(), (std::vector<ProbeSighting>{{7, 0, 4'000, at(1.1), at(1.2)}}));
}

TEST_F(Wire, WhatIsOnlyToBeExplainedIsNotTold) {
  auto flow = udp(7, 4'000, 1, 5);
  flow.timed = false;
  await(flow);
  leave(question, 1.1);
  EXPECT_FALSE(packets.saw_something());
  EXPECT_EQ(comment(question, 1.1), "holter: probe resolver (udp), its request");
  EXPECT_EQ(comment(wire::test::udp_frame({kA4, 4'001}, {kB4, 53}, "?"), 1.1), "");
}

TEST_F(Wire, ANameOfAPlanDoesNotReachAScreenAsItIs) {
  auto awaited = udp(7, 4'000, 1, 5);
  awaited.run = run(7, "a\x1b[2Jb\n");
  await(awaited);
  const auto text = comment(question, 1.1);
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_EQ(text.find('\n'), text.npos);
}

TEST_F(Wire, TheOldestMakesRoomAndWhatIsOverGoes) {
  packets = ProbePackets({}, 2);
  await(udp(1, 4'000, 1, 5));
  await(udp(2, 4'000, 2, 5));
  await(udp(3, 4'000, 3, 5));
  EXPECT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets.pushed_out(), 1U);
  leave(question, 1.5);
  EXPECT_FALSE(packets.saw_something()) << "the first is not known any more";
  leave(question, 2.5);
  EXPECT_EQ(packets.take_seen().at(0).run, 2U);
  packets.await(udp(4, 4'001, 9, 10), at(9));
  EXPECT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets.pushed_out(), 1U) << "they were over";
  packets = ProbePackets(Duration::seconds(60));
  await(udp(1, 4'000, 1, 5));
  packets.await(udp(2, 4'001, 30, 31), at(30));
  EXPECT_NE(comment(question, 1.1), "") << "kept to be explained";
}

// Whatever is announced, forgotten and seen in whatever order: of each port only the newest before it is found.
TEST_F(Wire, AgreesWithASlowSearch) {
  constexpr std::size_t kLimit = 20;
  auto random = base::seeded_random();
  packets = ProbePackets({}, kLimit);
  std::vector<AwaitedPackets> all;
  double now = 1;
  std::size_t found = 0;
  for (int step = 0; step < 10'000; ++step) {
    now += 0.01 * static_cast<double>(base::below(random, 20));
    // These share a group of ports.
    const auto port = static_cast<std::uint16_t>(4'000 + base::below(random, 4) * 4'096);
    if (base::below(random, 2) == 0) {
      const auto awaited = udp(all.size() + 1, port, now, now + 0.1 * static_cast<double>(base::below(random, 30)));
      while (!all.empty() && all.front().until < at(now)) all.erase(all.begin());
      if (all.size() == kLimit) all.erase(all.begin());
      await(awaited);
      all.push_back(awaited);
    }
    bool expected = false;
    for (const auto& each : all) {
      if (each.local_port == port) expected = at(now) <= each.until;
    }
    EXPECT_EQ(!comment(wire::test::udp_frame({kA4, port}, {kB4, 53}, "?"), now).empty(), expected) << step;
    found += expected ? 1U : 0U;
  }
  EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace holter::capture
