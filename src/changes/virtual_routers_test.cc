#include <gmock/gmock.h>

#include "changes/more_frames_test.h"

namespace holter::changes {
namespace {

using base::Duration;
using test::Lan;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(VirtualRouters, TellATakeoverOnce) {
  Lan lan;
  lan.send(test::vrrp(2));
  lan.pass(Duration::minutes(5));
  lan.send(test::vrrp(3));
  lan.send(test::vrrp(2));  // had left already
  lan.pass(Duration::seconds(2));
  lan.send(test::vrrp(3));
  lan.send(test::vrrp(4, 254));  // came through a router
  EXPECT_THAT(lan.told(), ElementsAre("virtual_router VRRP 10: 192.0.2.2 -> 192.0.2.3"));
}

TEST(VirtualRouters, TellOnceThatTwoSpeak) {
  Lan lan;
  for (unsigned i = 0; i < 600; ++i) {
    lan.send(test::vrrp(2));
    lan.pass(Duration::seconds(1));
    lan.send(test::vrrp(3));
    lan.pass(Duration::seconds(1));
  }
  EXPECT_THAT(lan.told(),
              ElementsAre("virtual_router VRRP 10: 192.0.2.2 -> 192.0.2.3",
                          "virtual_router VRRP 10: 192.0.2.3 -> 192.0.2.3 and 192.0.2.2 both speak for it"));
  lan.pass(Duration::minutes(5));
  lan.send(test::vrrp(2));
  EXPECT_THAT(lan.told(), SizeIs(1));
}

constexpr std::uint8_t kActive = 16;
constexpr std::uint8_t kStandby = 8;
constexpr std::uint8_t kActive2 = 6;
constexpr std::uint8_t kStandby2 = 5;

TEST(VirtualRouters, TellATakeoverOfHsrpOnce) {
  Lan lan;
  for (unsigned i = 0; i < 5; ++i) {
    lan.send(test::hsrp(2, kActive));
    lan.send(test::hsrp(3, kStandby));
    lan.pass(Duration::seconds(3));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::hsrp(3, kStandby, 1));  // coup: it wants to be active
  lan.send(test::hsrp(3, kActive));
  lan.send(test::hsrp(2, kActive));  // had left already
  lan.pass(Duration::seconds(3));
  lan.send(test::hsrp(2, kActive, 2));  // it resigns
  lan.send(test::hsrp(3, kActive));
  lan.send(test::hsrp(2, kStandby));
  lan.send(test::hsrp(4, kActive, 0, 6));  // another group's
  EXPECT_THAT(lan.told(), ElementsAre("virtual_router HSRP 5: 192.0.2.2 -> 192.0.2.3"));
}

TEST(VirtualRouters, TellOfBothFamiliesOfHsrp2) {
  Lan lan;
  for (const bool v4 : {true, false}) {
    lan.send(test::hsrp_2(2, kActive2, v4));
    lan.send(test::hsrp_2(3, kStandby2, v4));
  }
  EXPECT_THAT(lan.told(), IsEmpty());
  for (const bool v4 : {true, false}) lan.send(test::hsrp_2(3, kActive2, v4));
  EXPECT_THAT(lan.told(), ElementsAre("virtual_router HSRPv2 291: 192.0.2.2 -> 192.0.2.3",
                                      "virtual_router HSRPv2 291: fe80::2 -> fe80::3"));
  lan.pass(Duration::seconds(3));
  lan.send(test::hsrp(9, kActive, 0, 35));   // version 1 has groups of its own
  lan.send(test::hsrp_2(3, kActive, true));  // a number of version 1
  lan.send(test::hsrp_2(9, kActive, true));
  EXPECT_THAT(lan.told(), IsEmpty());
}

TEST(VirtualRouters, OfHsrpOnlyWhatIsSentToTheSegment) {
  Lan lan;
  lan.send(test::hsrp(2, kActive));
  lan.pass(Duration::seconds(3));
  lan.send(test::sent_to(test::hsrp(9, kActive), test::ip4(77)));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::sent_to(test::hsrp(9, kActive), {224, 0, 0, 2}));
  EXPECT_THAT(lan.told(), SizeIs(1));
}

TEST(VirtualRouters, TellATakeoverOfGlbp) {
  Lan lan;
  lan.send(test::glbp(2, 32));
  lan.send(test::glbp(3, kActive));  // standby in GLBP
  lan.pass(Duration::seconds(3));
  lan.send(test::glbp(3, 32));
  EXPECT_THAT(lan.told(), ElementsAre("virtual_router GLBP 9: 192.0.2.2 -> 192.0.2.3"));
}

TEST(VirtualRouters, KnowCarpFromVrrp) {
  Lan lan;
  lan.send(test::vrrp(2));
  lan.send(test::carp(4));
  lan.pass(Duration::seconds(3));
  lan.send(test::carp(5));
  EXPECT_THAT(lan.told(), ElementsAre("virtual_router CARP 10: 192.0.2.4 -> 192.0.2.5"));
}

TEST(VirtualRouters, AFloodOfGroupsIsBoundedAndCounted) {
  Lan lan;
  for (unsigned group = 0; group < 256; ++group) lan.send(test::hsrp(2, kActive, 0, static_cast<std::uint8_t>(group)));
  lan.send(test::glbp(2, 32));
  lan.send(test::vrrp(2));
  lan.pass(Duration::minutes(1));
  lan.send(test::glbp(3, 32));
  lan.send(test::hsrp(3, kActive));
  EXPECT_THAT(lan.told(), ElementsAre("virtual_router HSRP 5: 192.0.2.2 -> 192.0.2.3"));
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_EQ(lan.gaps()[0].count, 2u);
}

}  // namespace
}  // namespace holter::changes
