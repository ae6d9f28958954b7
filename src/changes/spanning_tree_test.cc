#include <gmock/gmock.h>

#include "changes/more_frames_test.h"

namespace holter::changes {
namespace {

using base::Duration;
using test::Lan;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(SpanningTree, TellsAnotherRoot) {
  Lan lan;
  lan.send(test::bpdu({}));
  lan.pass(Duration::seconds(2));
  lan.send(test::bpdu({.root_priority = 0x1000, .root = 9, .sender = 1}));
  lan.send(test::bpdu({.root_priority = 0x1000, .root = 9, .sender = 1}));
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree root: 32768 02:00:00:00:00:01 -> 4096 02:00:00:00:00:09, says "
                                      "bridge 32768 02:00:00:00:00:01"));
}

TEST(SpanningTree, DoesNotBelieveAWorseBridgeAtOnce) {
  Lan lan;
  lan.send(test::bpdu({}));
  lan.pass(Duration::seconds(2));
  lan.send(test::bpdu({.root = 5, .sender = 5}));  // has just been switched on and thinks that it is alone
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.pass(kRootAge);
  lan.send(test::bpdu({.root = 5, .sender = 5}));
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree root: 32768 02:00:00:00:00:01 -> 32768 02:00:00:00:00:05"));
}

TEST(SpanningTree, TellsATopologyChangeOnce) {
  Lan lan;
  lan.send(test::bpdu({}));
  lan.pass(Duration::seconds(2));
  for (unsigned i = 0; i < 17; ++i) {
    lan.send(test::bpdu({.topology_change = true}));
    lan.pass(Duration::seconds(2));
  }
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree topology: quiet -> changes, says bridge 32768 02:00:00:00:00:01, "
                                      "port 0x8001"));
  lan.pass(Duration::minutes(2));
  lan.send(test::topology_change_notification(3));
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree topology: quiet -> changes, says bridge 02:00:00:00:00:03"));
}

TEST(SpanningTree, EachVlanHasItsOwn) {
  Lan lan;
  lan.send(test::bpdu({}));
  lan.send(test::bpdu({.root = 2, .sender = 2, .vlan = 20}));
  lan.pass(Duration::seconds(2));
  lan.send(test::bpdu({.root_priority = 0x1000, .root = 3, .sender = 2, .vlan = 20}));
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree root in VLAN 20: 32788 02:00:00:00:00:02 -> 4116 "
                                      "02:00:00:00:00:03, says bridge 32788 02:00:00:00:00:02"));
}

constexpr const char* kSays = ", says bridge 32768 02:00:00:00:00:03";

TEST(SpanningTree, OfMstpTellsTheRootOfTheNetworkTheRegionAndItsInstances) {
  Lan lan;
  lan.send(test::mst_bpdu({}));
  lan.pass(Duration::seconds(2));
  lan.send(test::mst_bpdu({.instances = {{.id = 5}, {.id = 6}}}));  // an instance more is no other root
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::mst_bpdu({.root = 0, .instances = {}}));
  EXPECT_THAT(lan.told(), ElementsAre(std::string("spanning_tree root: 32768 02:00:00:00:00:01 -> 32768 "
                                                  "02:00:00:00:00:00") +
                                      kSays));
  lan.send(test::mst_bpdu({.root = 0, .regional_root = 1, .instances = {}}));
  EXPECT_THAT(lan.told(), ElementsAre(std::string("spanning_tree regional root in region campus: 32768 "
                                                  "02:00:00:00:00:02 -> 32768 02:00:00:00:00:01") +
                                      kSays));
  lan.send(test::mst_bpdu({.root = 0, .regional_root = 1, .instances = {{.root = 3}, {.id = 6}}}));
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree regional root of instance 5 in region campus: 24581 "
                                      "02:00:00:00:00:04 -> 24581 02:00:00:00:00:03"));
}

TEST(SpanningTree, DoesNotBelieveAWorseRootOfAnInstanceAtOnce) {
  Lan lan;
  lan.send(test::mst_bpdu({}));
  lan.pass(Duration::seconds(2));
  lan.send(test::mst_bpdu({.sender = 9, .instances = {{.root_priority = 0x7000, .root = 9}}}));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.pass(kRootAge);
  lan.send(test::mst_bpdu({.sender = 9, .instances = {{.root_priority = 0x7000, .root = 9}}}));
  EXPECT_THAT(lan.told(), ElementsAre("spanning_tree regional root of instance 5 in region campus: 24581 "
                                      "02:00:00:00:00:04 -> 28677 02:00:00:00:00:09"));
}

TEST(SpanningTree, TellsTheTopologyChangesOfInstancesTogether) {
  Lan lan;
  const std::vector<test::MstInstance> quiet = {{.id = 5}, {.id = 6}, {.id = 7}};
  const std::vector<test::MstInstance> changing = {
      {.id = 5, .topology_change = true}, {.id = 6}, {.id = 7, .topology_change = true}};
  lan.send(test::mst_bpdu({.instances = quiet}));
  for (unsigned i = 0; i < 10; ++i) {
    lan.pass(Duration::seconds(2));
    lan.send(test::mst_bpdu({.instances = changing}));
  }
  EXPECT_THAT(lan.told(), ElementsAre(std::string("spanning_tree topology in region campus: quiet -> changes in "
                                                  "instance 5, 7") +
                                      kSays + ", port 0x8001"));
  lan.send(test::mst_bpdu({.instances = quiet, .topology_change = true}));
  EXPECT_THAT(lan.told(),
              ElementsAre(std::string("spanning_tree topology: quiet -> changes") + kSays + ", port 0x8001"));
  lan.pass(kTopologyQuiet + Duration::seconds(1));
  lan.send(test::mst_bpdu({.instances = {{.id = 6, .topology_change = true}}}));
  EXPECT_THAT(lan.told(), ElementsAre(testing::HasSubstr("changes in instance 6, says")));
}

TEST(SpanningTree, TellsThatABridgeIsInAnotherRegion) {
  Lan lan;
  lan.send(test::mst_bpdu({}));
  lan.pass(Duration::seconds(2));
  lan.send(
      test::mst_bpdu({.sender = 9, .region = "other", .instances = {{.root = 1}}}));  // a neighbour beyond its edge
  lan.send(test::mst_bpdu({}));
  EXPECT_THAT(lan.told(), IsEmpty());
  lan.send(test::mst_bpdu({.digest = 0xbb, .instances = {{.root = 1}}}));
  lan.send(test::mst_bpdu({.digest = 0xbb, .instances = {{.root = 1}}}));
  lan.send(test::mst_bpdu({.revision = 2, .digest = 0xbb}));
  const std::string subject = "spanning_tree region of bridge 32768 02:00:00:00:00:03: ";
  EXPECT_THAT(lan.told(),
              ElementsAre(subject + "campus revision 1, VLANs acacacac -> campus revision 1, VLANs bbbbbbbb",
                          subject + "campus revision 1, VLANs bbbbbbbb -> campus revision 2, VLANs bbbbbbbb"));
}

TEST(SpanningTree, AFlappingRootOfAnInstanceIsBounded) {
  Lan lan;
  for (unsigned i = 0; i < 100; ++i) {
    lan.send(test::mst_bpdu({.instances = {{.root = static_cast<std::uint8_t>(4 + i % 2)}, {.id = 6}}}));
    lan.pass(Duration::seconds(2));
  }
  EXPECT_THAT(lan.told(), SizeIs(kToldOfSubject));
  lan.send(test::mst_bpdu({.instances = {{.id = 6, .root = 3}}}));
  EXPECT_THAT(lan.told(), ElementsAre(testing::HasSubstr("instance 6")));  // no less told of the others
}

TEST(SpanningTree, WhatWasSilentMakesRoomForOthers) {
  Lan lan;
  const auto flood = [&lan](std::uint8_t digest) {
    std::vector<test::MstInstance> instances;
    for (std::uint16_t id = 1; id <= 40; ++id) instances.push_back({.id = id});
    lan.send(test::mst_bpdu({.sender = digest, .digest = digest, .instances = instances}));
  };
  for (std::uint8_t digest = 1; digest <= 10; ++digest) flood(digest);
  lan.pass(Duration::minutes(1));
  lan.told();
  ASSERT_THAT(lan.gaps(), SizeIs(1));
  EXPECT_GT(lan.gaps()[0].count, 0u);
  lan.pass(kForgetWhenFull);
  flood(20);
  lan.told();
  lan.pass(Duration::minutes(1));
  lan.told();
  EXPECT_THAT(lan.gaps(), SizeIs(1));
}

}  // namespace
}  // namespace holter::changes
