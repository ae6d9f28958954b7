#include "wire/link/stp.h"

#include <gtest/gtest.h>

#include "wire/test_fields.h"

namespace holter::wire {
namespace {

using test::FrameBytes;

struct Bpdu {
  std::uint8_t version = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
};

base::ByteWriter tree(const Bpdu& bpdu) {
  base::ByteWriter out;
  out.u16(0);
  out.u8(bpdu.version);
  out.u8(bpdu.type);
  out.u8(bpdu.flags);
  out.u16(0x8001);  // priority 32768, extension 1
  out.bytes(std::array<std::uint8_t, 6>{2, 0, 0, 0, 0, 1});
  out.u32(4);
  out.u16(0x9002);
  out.bytes(std::array<std::uint8_t, 6>{2, 0, 0, 0, 0, 2});
  out.u16(0x8004);
  for (const std::uint16_t time : {0x0180, 0x1400, 0x0200, 0x0f00}) out.u16(time);
  return out;
}

FrameBytes over_llc(Bytes bpdu) {
  base::ByteWriter inside;
  for (const std::uint8_t byte : {0x42, 0x42, 0x03}) inside.u8(byte);
  inside.bytes(bpdu);
  FrameBytes frame = test::ethernet(static_cast<std::uint16_t>(inside.size()), inside.view());
  if (frame.size() < 60) frame.resize(60);
  return frame;
}

constexpr std::string_view kTree =
    "root_priority=32768 root_extension=1 root_mac=020000000001 root_cost=4 bridge_priority=36864 bridge_extension=2 "
    "bridge_mac=020000000002 port_id=32772 message_age=1.5 max_age=20.0 hello_time=2.0 forward_delay=15.0";

TEST(Stp, ConfigurationAndRapid) {
  EXPECT_EQ(
      test::listed(over_llc(tree({0, 0, 0x81}).view()), Protocol::stp),
      "stp protocol=0 version=0 type=0 flags=129 topology_change_ack=yes topology_change=yes " + std::string(kTree));
  base::ByteWriter rapid = tree({2, 2, 0x7e});
  rapid.u8(0);
  EXPECT_EQ(test::listed(over_llc(rapid.view()), Protocol::stp),
            "stp protocol=0 version=2 type=2 flags=126 topology_change_ack=no agreement=yes forwarding=yes "
            "learning=yes port_role=3 proposal=yes topology_change=no " +
                std::string(kTree) + " version_1_length=0");
}

TEST(Stp, ATopologyChangeHasNothingMore) {
  const FrameBytes frame = over_llc(std::array<std::uint8_t, 4>{0, 0, 0, 0x80});
  EXPECT_EQ(test::listed(frame, Protocol::stp), "stp protocol=0 version=0 type=128");
  EXPECT_EQ(test::decode_whole(frame).payload_length, 0u);
}

FrameBytes multiple(std::uint16_t version_3_length) {
  base::ByteWriter out = tree({3, 2, 0x7c});
  out.u8(0);
  out.u16(version_3_length);
  out.u8(0);
  out.text("region");
  out.zeros(32 - 6);
  out.u16(7);
  out.zeros(15);
  out.u8(0xac);
  out.u32(200'000);
  out.u16(0x7000);
  out.bytes(std::array<std::uint8_t, 6>{2, 0, 0, 0, 0, 3});
  out.u8(19);
  for (const std::uint8_t instance : {5, 6}) {
    out.u8(0xfc);
    out.u16(static_cast<std::uint16_t>(0x6000 | instance));
    out.bytes(std::array<std::uint8_t, 6>{2, 0, 0, 0, 0, 4});
    out.u32(20'000);
    out.u8(0x80);
    out.u8(0x70);
    out.u8(18);
  }
  return over_llc(out.view());
}

TEST(Stp, InstancesOfMstp) {
  const std::string text = test::listed(multiple(64 + 32), Protocol::stp);
  const std::string region =
      " version_1_length=0 version_3_length=96 config_format=0 config_name=\"region\" config_revision=7 "
      "config_digest=000000000000000000000000000000ac internal_cost=200000 cist_bridge_priority=28672 "
      "cist_bridge_extension=0 cist_bridge_mac=020000000003 remaining_hops=19 ";
  EXPECT_NE(text.find(region), std::string::npos) << text;
  EXPECT_NE(text.find("[instance id=5 flags=252 root_priority=24576 root_mac=020000000004 cost=20000 "
                      "bridge_priority=8 port_priority=7 remaining_hops=18] [instance id=6 "),
            std::string::npos)
      << text;
}

TEST(Stp, ALengthOfInstancesThatLiesTakesOnlyWhatIsThere) {
  EXPECT_EQ(test::listed(multiple(0xffff), Protocol::stp).find("[instance id=6"),
            test::listed(multiple(0xffff), Protocol::stp).rfind("[instance"));
  EXPECT_EQ(test::listed(multiple(0), Protocol::stp).find("config_name"), std::string::npos);
}

TEST(Stp, CiscosTellTheVlan) {
  base::ByteWriter inside;
  for (const std::uint8_t byte : {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x01, 0x0b}) inside.u8(byte);
  inside.bytes(tree({2, 2, 0x3c}).view());
  inside.u8(0);
  for (const std::uint16_t part : {0, 2, 103}) inside.u16(part);
  const FrameBytes frame = test::ethernet(static_cast<std::uint16_t>(inside.size()), inside.view());
  EXPECT_TRUE(test::listed(frame, Protocol::stp).ends_with("version_1_length=0 vlan=103"));
  test::expect_stands_cutting(frame);
}

TEST(Stp, GarpIsNoSpanningTree) {
  const Packet packet = test::decode_whole(over_llc(std::array<std::uint8_t, 6>{0, 1, 1, 4, 0, 0}));
  EXPECT_FALSE(packet.has(Protocol::stp));
  EXPECT_EQ(packet.end, DecodeEnd::unknown_llc_sap);
  EXPECT_EQ(packet.unknown, 0x42);
}

TEST(Stp, StandsCutting) { test::expect_stands_cutting(multiple(64 + 32)); }

}  // namespace
}  // namespace holter::wire
