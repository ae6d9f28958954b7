#include "capture/heard_hosts.h"

#include <gtest/gtest.h>

#include "base/seed_test.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using base::Duration;
using base::Instant;
using base::IpAddress;
using env::FrameDirection;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;

using Addresses = std::vector<IpAddress>;

constexpr Duration kSpacing = Duration::milliseconds(250);

Instant at(double seconds) { return Instant::from_nanoseconds(static_cast<std::int64_t>(seconds * 1e9)); }

wire::Packet decoded(const FrameBytes& frame) {
  return wire::decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet);
}

FrameBytes from(const IpAddress& source) { return wire::test::udp_frame({source, 1'000}, {kB4, 53}, "hello"); }

FrameBytes arp(std::uint16_t operation, const IpAddress& sender, const IpAddress& target) {
  wire::ArpHeader header;
  header.operation = operation;
  header.sender = wire::test::array_of<4>(sender);
  header.target = wire::test::array_of<4>(target);
  base::ByteWriter out;
  header.emit(out);
  return wire::test::ethernet(wire::kEthertypeArp, out.view());
}

struct Heard : testing::Test {
  Heard() { hosts.await({{kA4, kSpacing}, {kA6, kSpacing}}); }
  Addresses hear(const FrameBytes& frame, double seconds, FrameDirection direction = FrameDirection::host) {
    hosts.observe(decoded(frame), direction);
    return hosts.take(at(seconds));
  }

  HeardHosts hosts;
};

TEST_F(Heard, AnyPacketOfTheHostIsHeard) {
  EXPECT_EQ(hear(from(kA4), 1), Addresses{kA4});
  EXPECT_EQ(hear(wire::test::udp_frame({kA6, 1}, {wire::test::kB6, 2}, ""), 1), Addresses{kA6});
  EXPECT_EQ(hear(wire::test::echo_frame(kA4, kB4, true, 1, 2), 2), Addresses{kA4}) << "also the answer to a ping";
  EXPECT_EQ(hear(wire::test::tagged(from(kA4), wire::kEthertypeVlan, 5), 3), Addresses{kA4});
}

TEST_F(Heard, AnArpAnnouncementIsHeardAndAQuestionForItIsNot) {
  EXPECT_EQ(hear(arp(2, kA4, kB4), 1), Addresses{kA4});
  EXPECT_EQ(hear(arp(1, kA4, kA4), 2), Addresses{kA4}) << "gratuitous";
  EXPECT_EQ(hear(arp(1, kB4, kA4), 3), Addresses());
  EXPECT_EQ(hear(arp(1, IpAddress::v4({0, 0, 0, 0}), kA4), 4), Addresses()) << "a probe for a free address";
}

TEST_F(Heard, WhatIsSentToItIsNoSignOfItsLife) {
  EXPECT_EQ(hear(wire::test::udp_frame({kB4, 53}, {kA4, 1'000}, "hello"), 1), Addresses());
}

TEST_F(Heard, WhatThisHostSendsIsNoSignAndWhatIsForOthersIs) {
  EXPECT_EQ(hear(from(kA4), 1, FrameDirection::outgoing), Addresses());
  EXPECT_EQ(hear(from(kA4), 2, FrameDirection::broadcast), Addresses{kA4});
  EXPECT_EQ(hear(from(kA4), 3, FrameDirection::multicast), Addresses{kA4});
  EXPECT_EQ(hear(from(kA4), 4, FrameDirection::other_host), Addresses{kA4});
}

TEST_F(Heard, AHeaderWithABadChecksumMayHaveAnyAddress) {
  FrameBytes frame = from(kA4);
  frame[14 + 8] ^= 1;  // the TTL
  EXPECT_EQ(hear(frame, 1), Addresses());
}

TEST_F(Heard, OneThatIsCutBehindItsAddressesIsHeard) {
  const FrameBytes frame = from(kA4);
  hosts.observe(wire::decode(base::Bytes(frame).first(14 + 20), static_cast<std::uint32_t>(frame.size()),
                             wire::LinkType::ethernet),
                FrameDirection::host);
  EXPECT_EQ(hosts.take(at(1)), Addresses{kA4});
  hosts.observe(wire::decode(base::Bytes(frame).first(14 + 19), static_cast<std::uint32_t>(frame.size()),
                             wire::LinkType::ethernet),
                FrameDirection::host);
  EXPECT_EQ(hosts.take(at(2)), Addresses());
}

TEST_F(Heard, AnAddressOfFourBytesIsNotTheBeginningOfOneOfSixteen) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(kA4.bytes(), bytes.begin());
  EXPECT_EQ(hear(wire::test::udp_frame({IpAddress::v6(bytes), 1}, {wire::test::kB6, 2}, ""), 1), Addresses());
}

TEST_F(Heard, AMillionFramesAreOneSignASpacing) {
  const wire::Packet packet = decoded(from(kA4));
  std::size_t signs = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    hosts.observe(packet, FrameDirection::host);
    if (i % 100 == 0) signs += hosts.take(at(i / 1e6)).size();
  }
  EXPECT_EQ(signs, 4U);
}

TEST_F(Heard, TheLastFrameIsToldWhenItsTurnComes) {
  EXPECT_EQ(hear(from(kA4), 10), Addresses{kA4});
  EXPECT_EQ(hosts.next_turn(), std::nullopt);
  EXPECT_EQ(hear(from(kA4), 10.1), Addresses());
  EXPECT_EQ(hosts.next_turn(), at(10.25));
  EXPECT_EQ(hosts.take(at(10.2)), Addresses());
  EXPECT_EQ(hosts.take(at(10.25)), Addresses{kA4});
  EXPECT_EQ(hosts.next_turn(), std::nullopt);
}

TEST_F(Heard, OtherHostsKeepWhatIsNotToldYet) {
  EXPECT_EQ(hear(from(kA4), 10), Addresses{kA4});
  EXPECT_EQ(hear(from(kA4), 10.1), Addresses());
  hosts.await({{kB4, kSpacing}, {kA4, kSpacing}, {kA4, kSpacing}});
  EXPECT_EQ(hosts.next_turn(), at(10.25));
  EXPECT_EQ(hear(from(kB4), 10.1), Addresses{kB4});
  EXPECT_EQ(hosts.take(at(10.25)), Addresses{kA4});
  hosts.await({});
  EXPECT_TRUE(hosts.awaits_nobody());
  EXPECT_EQ(hear(from(kA4), 11), Addresses());
}

// Whatever comes: a host is told after its last frame, by no more than a spacing, and never without a frame.
TEST(HeardHosts, NoFrameIsForgottenAndNoneInvented) {
  std::mt19937_64 random = base::seeded_random();
  HeardHosts hosts;
  hosts.await({{kA4, kSpacing}, {kB4, Duration::seconds(1)}});
  const wire::Packet packet = decoded(from(kA4));
  Instant now = at(100);
  std::optional<Instant> untold;
  Instant told = now - Duration::seconds(10);
  for (int step = 0; step < 20'000; ++step) {
    now = now + Duration::milliseconds(static_cast<std::int64_t>(base::below(random, 400)));
    if (const auto turn = hosts.next_turn(); turn && *turn <= now) {
      ASSERT_TRUE(untold);
      const Instant due = std::max(*turn, *untold);
      ASSERT_EQ(hosts.take(due), Addresses{kA4});
      ASSERT_LE(due - *untold, kSpacing);
      ASSERT_GE(due - told, kSpacing);
      told = due;
      untold.reset();
    }
    ASSERT_EQ(hosts.take(now), Addresses()) << "before its turn";
    ASSERT_EQ(hosts.next_turn().has_value(), untold.has_value());
    if (base::below(random, 3) == 0) continue;
    hosts.observe(packet, FrameDirection::host);
    untold = untold.value_or(now);
  }
}

}  // namespace
}  // namespace holter::capture
