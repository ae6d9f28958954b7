#include "describe/link_words.h"

#include <gtest/gtest.h>

#include "describe/packet_words.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::describe {
namespace {

using wire::test::FrameBytes;

FrameBytes behind(std::uint16_t type, std::initializer_list<std::uint8_t> bytes) {
  return wire::test::ethernet(type, base::Bytes(bytes.begin(), bytes.size()));
}

FrameBytes over_llc(std::initializer_list<std::uint8_t> bytes) {
  return behind(static_cast<std::uint16_t>(bytes.size()), bytes);
}

std::string told(const FrameBytes& frame, wire::LinkType link = wire::LinkType::ethernet) {
  wire::FieldList fields;
  const auto length = static_cast<std::uint32_t>(frame.size());
  const wire::Packet packet = decode(frame, length, link, {}, {.fields = &fields});
  return protocol_name(packet) + ": " + tunnel_words(packet) + link_words(packet, fields);
}

TEST(LinkWords, SpanningTree) {
  EXPECT_EQ(told(over_llc({0x42, 0x42, 3, 0, 0, 0, 0, 1, 0x80, 1,    2, 0, 0, 0,  0, 9, 0, 0,  0,
                           4,    0x80, 1, 2, 0, 0, 0, 0, 8,    0x80, 4, 1, 0, 20, 0, 2, 0, 15, 0})),
            "STP: root 32769/02:00:00:00:00:09 cost 4, topology change");
  EXPECT_EQ(told(over_llc({0x42, 0x42, 3, 0, 0, 0, 0x80})), "STP: topology change");
}

TEST(LinkWords, Neighbours) {
  EXPECT_EQ(told(behind(0x88cc, {2, 7, 4, 2, 0, 0, 0, 0, 9, 4, 3, 5, 'g', '1', 6, 2, 0, 120, 0, 0})),
            "LLDP: 02:00:00:00:00:09 g1, for 120 s");
  EXPECT_EQ(told(behind(0x88cc, {10, 3, 's', 0x1b, '2', 6, 2, 0, 9})), "LLDP: s\\x1b2, for 9 s");
  EXPECT_EQ(
      told(over_llc({0xaa, 0xaa, 3, 0, 0, 12, 0x20, 0, 2, 180, 0, 0, 0, 1, 0, 6, 'r', '1', 0, 3, 0, 6, 'e', '0'})),
      "CDP: r1 e0, for 180 s");
}

TEST(LinkWords, AggregationAndPpp) {
  EXPECT_EQ(told(behind(0x8809, {2, 1, 1, 16, 0, 5, 2, 0, 0, 0, 0, 9, 0, 0, 1, 0})), "LACP: marker");
  EXPECT_EQ(told(behind(0x8809, {3, 1})), "LACP: Ethernet OAM");
  EXPECT_EQ(told(behind(0x8863, {0x11, 7, 0, 3, 0, 6, 1, 2, 0, 2, 'a', 'c'})), "PPPoE: PADO session 3 ac");
  EXPECT_EQ(told({0xff, 3, 0xc0, 0x21, 9, 3, 0, 4}, wire::LinkType::ppp), "PPP: LCP echo request id 3");
  EXPECT_EQ(told({0xff, 3, 0xc2, 0x23, 1, 3, 0, 4}, wire::LinkType::ppp), "PPP: CHAP code 1 id 3");
}

TEST(LinkWords, WhatIsOnlyNamed) {
  EXPECT_EQ(told(over_llc({0xf0, 0xf1, 0x73})), "LLC: 0xf1 > 0xf0 unnumbered, control 0x73");
  EXPECT_EQ(told(over_llc({0xf0, 0xf0, 3, 1})), "NBF: 0xf0 > 0xf0 unnumbered, control 0x03");
  EXPECT_EQ(told(over_llc({0xaa, 0xaa, 3, 0, 0, 12, 0x20, 4, 1})), "DTP: SNAP 00000c 0x2004");
  EXPECT_EQ(told(over_llc({0xff, 0xff, 0, 30})), "IPX: ");
}

TEST(LinkWords, ThePacketInATunnelSaysSo) {
  const auto inner = wire::test::udp_frame({wire::test::kA4, 1}, {wire::test::kB4, 2}, "x");
  std::string payload("\x08\0\0\0\0\0\x05\0", 8);
  payload.append(inner.begin(), inner.end());
  EXPECT_EQ(told(wire::test::udp_frame({wire::test::kA4, 1}, {wire::test::kB4, 4789}, payload)), "UDP: vxlan 5 ");
}

}  // namespace
}  // namespace holter::describe
