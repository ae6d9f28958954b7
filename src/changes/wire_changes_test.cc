#include "changes/wire_changes.h"

#include <gmock/gmock.h>

#include "changes/more_frames_test.h"

namespace holter::changes {
namespace {

using base::Duration;
using test::Lan;
using test::mac;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint8_t kDiscover = 1;

TEST(LinkNeighbours, TellWhoComesAndWhoIsLost) {
  auto lan = Lan::long_watched();
  lan.send(test::lldp({}));
  lan.send(test::lldp({}));
  EXPECT_THAT(lan.told(), ElementsAre("neighbour sw1 port Gi1/0/7: not seen -> seen by LLDP"));
  lan.pass(Duration::seconds(121));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.pass(Duration::seconds(2));
  EXPECT_THAT(lan.told(), ElementsAre("neighbour sw1 port Gi1/0/7: seen by LLDP -> lost: silent for 2 min 0 s"));
  lan.send(test::lldp({}));
  lan.send(test::lldp({.ttl = 0}));
  EXPECT_THAT(lan.told(), ElementsAre("neighbour sw1 port Gi1/0/7: not seen -> seen by LLDP",
                                      "neighbour sw1 port Gi1/0/7: seen by LLDP -> lost: it says that it goes"));
}

TEST(LinkNeighbours, TellOfCdp) {
  auto lan = Lan::long_watched();
  lan.send(test::cdp("core1", "Gi0/1", 180));
  EXPECT_THAT(lan.told(), ElementsAre("neighbour core1 port Gi0/1: not seen -> seen by CDP"));
  lan.pass(Duration::seconds(200));
  EXPECT_THAT(lan.told(), ElementsAre("neighbour core1 port Gi0/1: seen by CDP -> lost: silent for 3 min 0 s"));
}

TEST(LinkNeighbours, TheFirstSightIsNoChange) {
  Lan lan;
  lan.pass(Duration::seconds(25));
  lan.send(test::lldp({}));
  lan.pass(Duration::seconds(30));
  lan.send(test::cdp("core1", "Gi0/1", 180));
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(LinkNeighbours, ThisHostIsNotItsOwn) {
  auto lan = Lan::long_watched();
  lan.send(test::lldp({}), true);
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(LinkNeighbours, NobodyIsLostInASleep) {
  auto lan = Lan::long_watched();
  lan.send(test::lldp({}));
  lan.send(test::router_advertisement(1, {}));
  lan.told();
  lan.sleep(Duration::hours(8));
  lan.pass(Duration::seconds(60));
  lan.send(test::lldp({}));
  lan.send(test::lldp({.name = "sw2", .chassis = 0x53}));  // it may have come while nobody looked
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(LinkNeighbours, AFloodIsBounded) {
  auto lan = Lan::long_watched();
  for (unsigned i = 0; i < 2 * kMostNeighbours; ++i) lan.send(test::lldp({.name = "x", .port = std::to_string(i)}));
  lan.pass(Duration::seconds(61));
  EXPECT_THAT(lan.told(), SizeIs(kToldAMinute));
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, 2 * kMostNeighbours - kToldAMinute);
  lan.pass(Duration::minutes(3));
  EXPECT_THAT(lan.told(), SizeIs(kToldAMinute));
  ASSERT_THAT(lan.gaps(), SizeIs(2));
  EXPECT_EQ(lan.gaps()[1].count, kMostNeighbours - kToldAMinute);  // no more of them were known, and are lost
}

TEST(Leases, TellANewOne) {
  Lan lan;
  lan.send(test::dhcp({.type = kDiscover}));
  lan.send(test::dhcp({}));
  lan.send(test::dhcp({}));
  EXPECT_THAT(lan.told(), ElementsAre("lease client 02:00:00:00:00:07: none -> 192.0.2.50 from 192.0.2.1, router "
                                      "192.0.2.1, for 1 h 0 min"));
}

TEST(Leases, TellOtherTerms) {
  Lan lan;
  lan.send(test::dhcp({}));
  EXPECT_THAT(lan.told(), IsEmpty());  // a renewal, perhaps
  lan.send(test::dhcp({.address = 51, .server = 2}));
  EXPECT_THAT(lan.told(), ElementsAre("lease client 02:00:00:00:00:07: 192.0.2.50 from 192.0.2.1, router 192.0.2.1, "
                                      "for 1 h 0 min -> 192.0.2.51 from 192.0.2.2, router 192.0.2.1, for 1 h 0 min"));
  lan.send(test::dhcp({.address = 51, .server = 2, .router = 9}));
  EXPECT_THAT(lan.told(), SizeIs(1));
}

TEST(Leases, TellAnotherTimeWhenItIsSaidTwice) {
  Lan lan;
  for (const std::uint32_t seconds : {3'600, 3'000, 2'400, 1'800}) lan.send(test::dhcp({.seconds = seconds}));
  EXPECT_THAT(lan.told(), IsEmpty());  // counted down
  lan.send(test::dhcp({.seconds = 1'800}));
  EXPECT_THAT(lan.told(), SizeIs(1));
}

TEST(Leases, AFloodOfQuestionsMakesRoom) {
  Lan lan;
  lan.send(test::dhcp({}));
  lan.pass(Duration::seconds(55));
  for (std::uint32_t i = 0; i < kMostLeases; ++i) {
    auto question = test::dhcp({.type = kDiscover});
    question[14 + 20 + 8 + 28 + 4] = static_cast<std::uint8_t>(1 + i / 256);  // of the client's MAC
    question[14 + 20 + 8 + 28 + 5] = static_cast<std::uint8_t>(i);
    question[14 + 20 + 6] = question[14 + 20 + 7] = 0;  // without a sum
    lan.send(question);
  }
  lan.pass(kAsking + Duration::seconds(3));  // the table was cleaned when they were younger, and is full
  EXPECT_THAT(lan.told(), IsEmpty());
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, 1u);
  lan.send(test::dhcp({.type = kDiscover, .client = 8}));
  lan.send(test::dhcp({.client = 8, .address = 60}));
  lan.send(test::dhcp({.address = 51}));  // who was known before is still watched
  EXPECT_THAT(lan.told(), SizeIs(2));
}

TEST(Leases, ExplainWhyAnAddressMoves) {
  Lan lan;
  lan.send(test::arp(1, mac(7), test::ip4(50), test::ip4(1)));
  lan.pass(Duration::minutes(10));
  lan.send(test::dhcp({.type = kDiscover, .client = 8}));
  lan.send(test::dhcp({.client = 8}));
  lan.send(test::arp(1, mac(8), test::ip4(50), test::ip4(50)));
  EXPECT_THAT(lan.told(), SizeIs(1));  // the lease; not the address too
}

TEST(Routers, TellWhoComesAndWhoRetires) {
  auto lan = Lan::long_watched();
  lan.send(test::router_advertisement(1, {}));
  EXPECT_THAT(lan.told(), ElementsAre("router fe80::1: not seen -> advertises itself, lifetime 1800 s; DNS server "
                                      "2001:db8::35 advertised; prefix 2001:db8:0:1::/64 on link, for addresses"));
  lan.send(test::router_advertisement(1, {.lifetime = 0}));
  lan.send(test::router_advertisement(1, {.lifetime = 0}));
  EXPECT_THAT(lan.told(), ElementsAre("router fe80::1: lifetime 1800 s -> lifetime 0 s: no default router any more"));
}

TEST(Routers, TellWhoFallsSilent) {
  Lan lan;
  lan.send(test::router_advertisement(1, {.lifetime = 30}));
  lan.pass(Duration::seconds(31));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.pass(Duration::seconds(2));
  EXPECT_THAT(lan.told(), ElementsAre("router fe80::1: lifetime 30 s -> lost: silent for 30 s"));
}

TEST(Routers, TheFirstSightIsNoChange) {
  Lan lan;
  lan.pass(Duration::seconds(1'700));
  lan.send(test::router_advertisement(1, {}));
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Routers, TellWhatTheySayNow) {
  Lan lan;
  for (unsigned i = 0; i < 3; ++i) lan.send(test::router_advertisement(1, {}));
  lan.send(test::router_advertisement(1, {.managed = true, .prefixes = {1, 2}, .servers = {53, 54}}));
  EXPECT_THAT(lan.told(),
              ElementsAre("router fe80::1: addresses by DHCPv6 off; DNS server 2001:db8::36 not advertised; prefix "
                          "2001:db8:0:2::/64 not advertised -> addresses by DHCPv6 on; DNS server 2001:db8::36 "
                          "advertised; prefix 2001:db8:0:2::/64 on link, for addresses"));
  lan.send(test::router_advertisement(1, {.managed = true, .prefixes = {1, 2}, .valid = 0, .servers = {53, 54}}));
  EXPECT_THAT(lan.told(), ElementsAre(testing::HasSubstr("no longer valid")));
  lan.send(test::router_advertisement(
      1, {.lifetime = 600, .managed = true, .prefixes = {1, 2}, .valid = 0, .servers = {53, 54}}));
  EXPECT_THAT(lan.told(), ElementsAre("router fe80::1: lifetime 1800 s -> lifetime 600 s"));
}

TEST(Routers, WhatIsLeftOutThreeTimesIsGone) {
  Lan lan;
  for (unsigned i = 0; i < 3; ++i) lan.send(test::router_advertisement(1, {}));
  for (unsigned i = 0; i < 2; ++i) lan.send(test::router_advertisement(1, {.servers = {}}));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::router_advertisement(1, {.servers = {}}));
  EXPECT_THAT(lan.told(), ElementsAre("router fe80::1: DNS server 2001:db8::35 advertised -> DNS server 2001:db8::35 "
                                      "not advertised"));
}

TEST(Routers, WhatIsSpreadOverTwoAdvertisementsIsNoChange) {
  Lan lan;
  for (unsigned i = 0; i < 20; ++i) {
    lan.send(test::router_advertisement(1, {.servers = {}}));
    lan.send(test::router_advertisement(1, {.prefixes = {2, 3}}));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
}

// Everything that an ordinary network says in an hour, some of it oddly.
TEST(WireChanges, SayNothingOfAnUnchangingLan) {
  Lan lan;
  const test::MacAddress virtual_router = {0, 0, 0x5e, 0, 1, 10};
  const test::MacAddress hot_standby = {0, 0, 0x0c, 7, 0xac, 5};
  std::uint32_t valid = 86'400;
  for (unsigned second = 0; second < 3'600; ++second) {
    if (second % 2 == 0) lan.send(test::bpdu({.root_priority = 0x1000, .root = 9, .sender = 1}));
    if (second % 2 == 1) lan.send(test::bpdu({.root_priority = 0x1000, .root = 9, .sender = 2}));
    if (second % 2 == 0) lan.send(test::bpdu({.root = 2, .sender = 2, .vlan = 20}));
    lan.send(test::vrrp(2));
    lan.send(test::carp(4));
    if (second % 3 == 0) {
      lan.send(test::hsrp(2, 16));
      lan.send(test::hsrp(3, 8));
      for (const bool v4 : {true, false}) lan.send(test::hsrp_2(2, 6, v4));
      for (const bool v4 : {true, false}) lan.send(test::hsrp_2(3, 5, v4));
      lan.send(test::glbp(2, 32));
      lan.send(test::glbp(3, 16));
    }
    if (second % 30 == 7) lan.send(test::lldp({}));
    if (second % 30 == 9) lan.send(test::lldp({.name = "phone", .chassis = 0x60, .port = "1"}));
    if (second % 30 == 11) lan.send(test::lldp({.name = "this host", .chassis = 0x61}), true);
    if (second % 60 == 13) lan.send(test::cdp("core1", "Gi0/1", 180));
    if (second % 450 == 400) lan.send(test::router_advertisement(1, {.valid = valid -= 450}));
    if (second % 600 == 550) lan.send(test::router_advertisement(2, {.prefixes = {1, 2}, .servers = {}}));
    if (second % 600 == 560) lan.send(test::router_advertisement(3, {.lifetime = 0, .prefixes = {7}, .servers = {}}));
    if (second % 2 == 0) {  // an edge between two regions
      lan.send(wire::test::tagged(test::mst_bpdu({.instances = {{.id = 5}, {.id = 6, .root = 8}}}), 0x8100, 30));
      lan.send(wire::test::tagged(test::mst_bpdu({.sender = 9, .region = "other"}), 0x8100, 30));
    }
    if (second % 900 == 450) {
      lan.send(test::dhcpv6({.associations = {{}, {25, 9, {{0x70, 86'400 - second}}}}}));
      lan.send(test::dhcpv6({.client = 8, .server = 2}));
    }
    if (second % 1'800 == 900) lan.send(test::dhcp({}));
    if (second % 1'800 == 1'000) lan.send(test::dhcp({.client = 8, .address = 60, .seconds = 7'200 - second}));
    if (second == 2'000 || second == 3'000) {  // a client that is switched on again
      lan.send(test::dhcp({.type = kDiscover}));
      lan.send(test::dhcp({.type = 2}));
      lan.send(test::dhcp({}));
      lan.send(test::dhcpv6({.type = kDiscover, .associations = {{3, 1, {}}}}));
      lan.send(test::dhcpv6({}));
    }
    if (second % 20 == 3) {
      for (std::uint8_t host = 10; host < 30; ++host) {
        lan.send(test::arp(1, mac(host), test::ip4(host), test::ip4(1)));
        lan.send(test::neighbour_advertisement(test::ip6(host), mac(host)));
      }
      lan.send(test::arp(2, virtual_router, test::ip4(1), test::ip4(10)));  // whoever speaks for it
      lan.send(test::arp(1, virtual_router, test::ip4(1), test::ip4(1)));
      lan.send(test::arp(2, hot_standby, test::ip4(2), test::ip4(10)));
      for (std::uint8_t far = 100; far < 140; ++far) {  // proxy ARP, and many addresses of one host
        lan.send(test::arp(2, mac(1), test::ip4(far), test::ip4(10)));
      }
      for (const std::uint8_t forwarder : {1, 2}) {  // GLBP answers in turn
        lan.send(test::arp(2, {0, 7, 0xb4, 0, 1, forwarder}, test::ip4(3), test::ip4(10)));
      }
      for (const std::uint8_t card : {0x71, 0x72}) {  // one host with two cards in the segment
        lan.send(test::arp(2, mac(card), test::ip4(70), test::ip4(10)));
      }
      lan.send(test::arp(1, mac(40), {0, 0, 0, 0}, test::ip4(10)));
      lan.send(test::neighbour_solicitation(base::IpAddress::any(base::IpAddress::Family::v6), mac(40), test::ip6(10)));
    }
    lan.pass(Duration::seconds(1));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
  EXPECT_THAT(lan.gaps(), IsEmpty());
}

}  // namespace
}  // namespace holter::changes
