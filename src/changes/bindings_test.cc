#include <gmock/gmock.h>

#include "changes/lan_test.h"

namespace holter::changes {
namespace {

using base::Duration;
using test::arp;
using test::ip4;
using test::ip6;
using test::Lan;
using test::mac;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint16_t kRequest = 1;
constexpr std::uint16_t kReply = 2;

// A host says once more where it is.
test::FrameBytes announce(std::uint8_t host, std::uint8_t at) { return arp(kRequest, mac(at), ip4(host), ip4(host)); }

TEST(Bindings, TellWhenAnAddressIsAtAnotherMac) {
  Lan lan;
  lan.send(announce(7, 1));
  lan.pass(Duration::minutes(5));
  lan.send(arp(kReply, mac(2), ip4(7), ip4(1)));
  lan.send(announce(7, 2));
  EXPECT_THAT(lan.told(), ElementsAre("address 192.0.2.7: 02:00:00:00:00:01 -> 02:00:00:00:00:02"));
  lan.pass(Duration::minutes(5));
  lan.send(announce(7, 1));
  EXPECT_THAT(lan.told(), ElementsAre("address 192.0.2.7: 02:00:00:00:00:02 -> 02:00:00:00:00:01"));
}

TEST(Bindings, TellOfAGateway) {
  Lan lan;
  lan.changes().set_gateways({base::IpAddress::v4(ip4(1))});
  lan.send(announce(1, 1));
  lan.pass(Duration::minutes(5));
  lan.send(announce(1, 2));
  EXPECT_THAT(lan.told(), ElementsAre("gateway 192.0.2.1: 02:00:00:00:00:01 -> 02:00:00:00:00:02"));
}

TEST(Bindings, KnowARouterByItsAdvertisement) {
  Lan lan;
  lan.send(test::router_advertisement(1, {}));
  lan.pass(Duration::minutes(5));
  lan.send(test::neighbour_advertisement(ip6(1), mac(9)));
  EXPECT_THAT(lan.told(), ElementsAre("gateway fe80::1: 02:00:00:00:00:01 -> 02:00:00:00:00:09"));
}

TEST(Bindings, NameWhoSharesAMac) {
  Lan lan;
  lan.send(announce(1, 1));
  lan.pass(Duration::minutes(5));
  lan.send(arp(kReply, {0, 0, 0x5e, 0, 1, 10}, ip4(1), ip4(7)));
  EXPECT_THAT(lan.told(), ElementsAre("address 192.0.2.1: 02:00:00:00:00:01 -> 00:00:5e:00:01:0a (VRRP 10)"));
}

TEST(Bindings, TheGatewaysOfOneGlbpGroupAreOne) {
  Lan lan;
  for (const std::uint8_t forwarder : {1, 2, 1, 3}) {
    lan.send(arp(kReply, {0, 7, 0xb4, 0, 1, forwarder}, ip4(3), ip4(7)));
    lan.pass(Duration::minutes(5));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(arp(kReply, {0, 7, 0xb4, 0, 2, 1}, ip4(3), ip4(7)));  // another group
  EXPECT_THAT(lan.told(), SizeIs(1));
}

TEST(Bindings, TellOnceThatTwoClaimAnAddress) {
  Lan lan;
  lan.send(announce(7, 1));
  lan.pass(Duration::minutes(5));
  for (unsigned i = 0; i < 100; ++i) {
    lan.send(announce(7, 2));
    lan.pass(Duration::seconds(10));
    lan.send(announce(7, 1));
    lan.pass(Duration::seconds(10));
  }
  EXPECT_THAT(lan.told(),
              ElementsAre("address 192.0.2.7: 02:00:00:00:00:01 -> 02:00:00:00:00:02",
                          "address 192.0.2.7: 02:00:00:00:00:02 -> 02:00:00:00:00:02 and 02:00:00:00:00:01 both claim "
                          "it"));
  // A third is news again.
  lan.send(announce(7, 3));
  EXPECT_THAT(lan.told(), ElementsAre("address 192.0.2.7: 02:00:00:00:00:01 -> 02:00:00:00:00:03"));
}

TEST(Bindings, SayNothingOfTwoThatAlwaysAnswered) {
  Lan lan;
  for (unsigned i = 0; i < 60; ++i) {
    lan.send(arp(kReply, mac(1), ip4(7), ip4(9)));
    lan.send(arp(kReply, mac(2), ip4(7), ip4(9)));
    lan.pass(Duration::minutes(1));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Bindings, TellABondThatFlapsAFewTimesOnly) {
  Lan lan;
  for (unsigned i = 0; i < 60; ++i) {
    lan.send(announce(7, static_cast<std::uint8_t>(1 + i % 3)));
    lan.pass(Duration::seconds(5));
  }
  EXPECT_THAT(lan.told(), SizeIs(kToldOfSubject));
  ASSERT_THAT(lan.gaps(), testing::Not(IsEmpty()));
  lan.pass(Duration::minutes(20));
  lan.send(announce(7, 9));
  const auto told = lan.told();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0], testing::HasSubstr("after 54 more that were not told"));
}

TEST(Bindings, ProbesAndGroupsClaimNothing) {
  Lan lan;
  lan.send(announce(7, 1));
  lan.pass(Duration::minutes(1));
  lan.send(arp(kRequest, mac(2), {0, 0, 0, 0}, ip4(7)));  // RFC 5227
  lan.pass(Duration::minutes(1));
  lan.send(arp(kRequest, mac(3), {0, 0, 0, 0}, ip4(7)));
  lan.send(arp(kReply, {3, 0, 0, 0, 0, 9}, ip4(7), ip4(1)));  // a group of load balancers
  lan.send(arp(8, mac(2), ip4(7), ip4(1)));                   // inverse ARP
  lan.send(test::neighbour_advertisement(ip6(7), mac(1)));
  lan.pass(Duration::minutes(1));
  lan.send(test::neighbour_solicitation(base::IpAddress::any(base::IpAddress::Family::v6), mac(2), ip6(7)));
  lan.send(test::neighbour_advertisement(ip6(7), mac(2), false));  // does not override
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::neighbour_solicitation(ip6(7), mac(2), ip6(8)));
  EXPECT_THAT(lan.told(), ElementsAre("address fe80::7: 02:00:00:00:00:01 -> 02:00:00:00:00:02"));
}

TEST(Bindings, RoutedOrDamagedMessagesTellNothing) {
  Lan lan;
  lan.send(test::neighbour_advertisement(ip6(7), mac(1)));
  lan.pass(Duration::minutes(1));
  auto routed = test::neighbour_advertisement(ip6(7), mac(2));
  routed[14 + 7] = 254;
  lan.send(routed);
  auto damaged = test::neighbour_advertisement(ip6(7), mac(2));
  damaged.back() ^= 1;
  lan.send(damaged);
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Bindings, OneSegmentIsNotAnother) {
  Lan lan;
  lan.send(wire::test::tagged(announce(7, 1), 0x8100, 20));
  lan.pass(Duration::minutes(1));
  lan.send(wire::test::tagged(announce(7, 2), 0x8100, 30));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.pass(Duration::minutes(1));
  lan.send(wire::test::tagged(announce(7, 3), 0x8100, 30));
  EXPECT_THAT(lan.told(), ElementsAre("address 192.0.2.7 in VLAN 30: 02:00:00:00:00:02 -> 02:00:00:00:00:03"));
}

TEST(Bindings, ForgetAnAddressAfterHours) {
  Lan lan;
  lan.send(announce(7, 1));
  lan.pass(kForgetAddress + Duration::minutes(2));
  lan.send(announce(7, 2));
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Bindings, AFloodIsBoundedAndCounted) {
  Lan lan;
  lan.send(announce(7, 1));
  lan.pass(Duration::minutes(1));
  for (std::uint32_t i = 0; i < 2 * kMostBindings; ++i) {
    lan.send(arp(kRequest, mac(5), {10, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}, ip4(1)));
  }
  lan.pass(Duration::minutes(1));
  EXPECT_THAT(lan.told(), IsEmpty());
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, kMostBindings + 1);
  EXPECT_EQ(lan.gaps()[0].where, "changes seen on eth0");
  // Who was known before is still watched.
  lan.send(announce(7, 2));
  EXPECT_THAT(lan.told(), SizeIs(1));
}

TEST(Bindings, AStormOfMovesIsBoundedAndCounted) {
  Lan lan;
  for (std::uint8_t round = 1; round <= 3; ++round) {
    for (std::uint8_t host = 0; host < 200; ++host) lan.send(announce(host, round));
    lan.pass(Duration::seconds(5));
  }
  lan.pass(Duration::minutes(1));
  EXPECT_THAT(lan.told(), SizeIs(kToldAMinute));
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, 400 - kToldAMinute);
}

}  // namespace
}  // namespace holter::changes
