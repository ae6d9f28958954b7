#include <gmock/gmock.h>

#include "changes/more_frames_test.h"

namespace holter::changes {
namespace {

using base::Duration;
using test::Lan;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

test::Association6 prefix(std::uint8_t number, std::uint32_t valid = 7'200) { return {25, 9, {{number, valid}}}; }

constexpr std::uint8_t kSolicit = 1;
const std::string kServer = " from server 02:00:00:00:00:01, for 2 h 0 min";
const std::string kClient = "lease client 02:00:00:00:00:07 (IPv6): ";

TEST(Ipv6Leases, TellANewOneOfEachAssociation) {
  Lan lan;
  const std::vector<test::Association6> all = {{}, {4, 2, {{0x60}, {0x61}}}, prefix(0x70)};
  lan.send(test::dhcpv6({.type = kSolicit, .associations = {{3, 1, {}}, {4, 2, {}}, {25, 9, {}}}}));
  lan.send(test::dhcpv6({.type = 2, .associations = all}));  // ADVERTISE
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::dhcpv6({.associations = all}));
  lan.send(test::dhcpv6({.associations = all}));
  EXPECT_THAT(lan.told(),
              ElementsAre(kClient + "none -> 2001:db8:0:32::50" + kServer,
                          "lease client 02:00:00:00:00:07 (temporary IPv6): none -> 2001:db8:0:32::60, "
                          "2001:db8:0:32::61" +
                              kServer,
                          "lease client 02:00:00:00:00:07 (IPv6 prefix): none -> 2001:db8:0:70::/64" + kServer));
}

TEST(Ipv6Leases, ARenewalIsNone) {
  Lan lan;
  lan.send(test::dhcpv6({}));  // of a lease from before
  for (unsigned i = 0; i < 10; ++i) {
    lan.pass(Duration::hours(1));
    lan.send(test::dhcpv6({.type = 5}));
    lan.send(test::dhcpv6({}));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Ipv6Leases, TellOtherAddressesAndServers) {
  Lan lan;
  lan.send(test::dhcpv6({.associations = {{}, prefix(0x70)}}));
  lan.send(test::dhcpv6({.associations = {{3, 1, {{0x50}, {0x51}}}, prefix(0x71)}, .name = "host"}));
  EXPECT_THAT(lan.told(), ElementsAre("lease host 02:00:00:00:00:07 (IPv6): 2001:db8:0:32::50" + kServer +
                                          " -> 2001:db8:0:32::50, 2001:db8:0:32::51" + kServer,
                                      "lease host 02:00:00:00:00:07 (IPv6 prefix): 2001:db8:0:70::/64" + kServer +
                                          " -> 2001:db8:0:70::/64, 2001:db8:0:71::/64" + kServer));
  lan.send(test::dhcpv6({.server = 2}));
  EXPECT_THAT(lan.told(), ElementsAre(kClient + "2001:db8:0:32::50, 2001:db8:0:32::51" + kServer +
                                      " -> 2001:db8:0:32::50 from server 02:00:00:00:00:02, for 2 h 0 min"));
}

TEST(Ipv6Leases, TellAnotherServerOfTheSameAddress) {
  Lan lan;
  lan.send(test::dhcpv6({}));
  lan.send(test::dhcpv6({.server = 2}));
  EXPECT_THAT(lan.told(), ElementsAre(kClient + "2001:db8:0:32::50" + kServer +
                                      " -> 2001:db8:0:32::50 from server 02:00:00:00:00:02, for 2 h 0 min"));
}

TEST(Ipv6Leases, OneThatBeginsAnewReplacesTheOldOne) {
  Lan lan;
  lan.send(test::dhcpv6({}));
  lan.send(test::dhcpv6({.type = kSolicit, .associations = {{3, 1, {}}}}));
  lan.send(test::dhcpv6({.associations = {{3, 1, {{0x51}}}}}));
  EXPECT_THAT(lan.told(), ElementsAre(kClient + "2001:db8:0:32::50" + kServer + " -> 2001:db8:0:32::51" + kServer));
}

TEST(Ipv6Leases, TellWhatIsWithdrawnAndWhatRanOut) {
  Lan lan;
  lan.send(test::dhcpv6({.associations = {{3, 1, {{0x50}, {0x51}}}}}));
  lan.pass(Duration::hours(3));
  lan.send(test::dhcpv6({}));
  EXPECT_THAT(lan.told(), ElementsAre(kClient + "2001:db8:0:32::50, 2001:db8:0:32::51" + kServer +
                                      " -> 2001:db8:0:32::50" + kServer));
  for (unsigned i = 0; i < 3; ++i) lan.send(test::dhcpv6({.associations = {{3, 1, {{0x50, 0}}}}}));
  EXPECT_THAT(lan.told(), ElementsAre(kClient + "2001:db8:0:32::50" + kServer + " -> none"));
  lan.send(test::dhcpv6({}));
  EXPECT_THAT(lan.told(), ElementsAre(kClient + "none -> 2001:db8:0:32::50" + kServer));
}

TEST(Ipv6Leases, TellAnotherTimeWhenItIsSaidTwice) {
  Lan lan;
  const auto give = [&lan](std::uint32_t valid) {
    lan.send(test::dhcpv6({.associations = {{3, 1, {{0x50, valid}}}}}));
  };
  for (const std::uint32_t valid : {3'600, 3'000, 2'400}) give(valid);
  EXPECT_THAT(lan.told(), IsEmpty());  // counted down
  give(2'400);
  EXPECT_THAT(lan.told(), SizeIs(1));
  for (unsigned i = 0; i < 2; ++i) give(0xffffffff);
  EXPECT_THAT(lan.told(), ElementsAre(testing::HasSubstr("for ever")));
}

TEST(Ipv6Leases, WhatGivesNothingIsNone) {
  Lan lan;
  const test::Association6 another = {3, 1, {{0x51}}};
  lan.send(test::dhcpv6({}));
  for (unsigned i = 0; i < 3; ++i) lan.send(test::dhcpv6({.associations = {{3, 1, {}}}}));  // refused
  lan.send(test::dhcpv6({.associations = {another}, .status = 1}));                         // it failed
  lan.send(test::dhcpv6({.associations = {another}, .relayed = true}));          // the relay's copy comes by itself
  lan.send(test::dhcpv6({.type = 3, .associations = {another}}));                // a client asks for it
  lan.send(test::dhcpv6({.client = 8, .associations = {{3, 1, {{0x50, 0}}}}}));  // nothing that was known
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Ipv6Leases, OfOneWhoAskedLongAgoTellNothing) {
  Lan lan;
  lan.send(test::dhcpv6({.type = kSolicit, .associations = {{3, 1, {}}}}));
  lan.pass(kAsking + Duration::seconds(1));
  lan.send(test::dhcpv6({}));
  lan.send(test::dhcpv6({.type = kSolicit, .client = 8, .associations = {{3, 1, {}}}, .relayed = true}));
  lan.send(test::dhcpv6({.client = 8}));  // who asked elsewhere
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Ipv6Leases, ExplainWhyAnAddressMoves) {
  Lan lan;
  const auto address = base::IpAddress::v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0x32, 0, 0, 0, 0, 0, 0, 0, 0x50});
  lan.send(test::neighbour_advertisement(address, test::mac(7)));
  lan.pass(Duration::minutes(10));
  lan.send(test::dhcpv6({.client = 8}));
  lan.send(test::neighbour_advertisement(address, test::mac(8)));
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(Ipv6Leases, AFloodOfQuestionsMakesRoom) {
  Lan lan;
  lan.send(test::dhcpv6({}));
  const auto ask = [&lan](std::uint32_t from) {
    for (std::uint32_t id = from; id < from + kMostLeases; ++id) {
      lan.send(test::dhcpv6({.type = kSolicit, .client = 9, .associations = {{3, id, {}}}}));
    }
  };
  ask(100);
  lan.pass(Duration::minutes(1));
  EXPECT_THAT(lan.told(), IsEmpty());
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, 1u);
  lan.pass(kAsking);
  ask(100'000);
  lan.send(test::dhcpv6({.associations = {{3, 1, {{0x51}}}}}));
  EXPECT_THAT(lan.told(), SizeIs(1));  // who was known before is still watched
  lan.pass(kAsking - Duration::seconds(5));
  ask(200'000);
  lan.pass(kAsking + Duration::seconds(3));  // the table was cleaned when they were younger, and is full
  lan.send(test::dhcpv6({.type = kSolicit, .client = 8, .associations = {{3, 1, {}}}}));
  lan.send(test::dhcpv6({.client = 8}));
  EXPECT_THAT(lan.told(), SizeIs(1));
}

TEST(Ipv6Leases, ManyAddressesOfOneAreBounded) {
  Lan lan;
  for (std::uint8_t i = 0; i < 2 * kMostOfLease; ++i) lan.send(test::dhcpv6({.associations = {{3, 1, {{i}}}}}));
  lan.pass(Duration::minutes(1));
  EXPECT_THAT(lan.told(), SizeIs(kToldOfSubject));
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, 2 * kMostOfLease - 1 - kToldOfSubject);
  lan.pass(kSubjectWindow);
  lan.send(test::dhcpv6({.associations = {{3, 1, {{200}}}}}));
  EXPECT_THAT(lan.told(), IsEmpty());  // no room
}

}  // namespace
}  // namespace holter::changes
