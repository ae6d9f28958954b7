#include "wire/link/llc.h"

#include <gtest/gtest.h>

#include "wire/test_fields.h"

namespace holter::wire {
namespace {

using test::FrameBytes;

// An 802.3 frame of this payload, padded to the least that Ethernet carries.
FrameBytes frame_of(std::initializer_list<std::uint8_t> llc, Bytes behind = {}) {
  base::ByteWriter inside;
  for (const std::uint8_t byte : llc) inside.u8(byte);
  inside.bytes(behind);
  FrameBytes frame = test::ethernet(static_cast<std::uint16_t>(inside.size()), inside.view());
  if (frame.size() < 60) frame.resize(60, 0xee);
  return frame;
}

TEST(Llc, ControlIsOneByteOfUnnumberedFramesAndTwoOfOthers) {
  EXPECT_EQ(test::listed(frame_of({0xf0, 0xf1, 0x73}), Protocol::llc),  // UA with F, a response
            "llc dsap=240 group=no ssap=241 response=yes control=115 kind=unnumbered command=96 poll_final=yes");
  EXPECT_EQ(test::listed(frame_of({0xf0, 0xf0, 0x02, 0x07, 1, 2}), Protocol::llc),  // N(S) 1, N(R) 3, P
            "llc dsap=240 group=no ssap=240 response=no control=1794 kind=information send_sequence=1 "
            "receive_sequence=3 poll_final=yes");
  EXPECT_EQ(test::listed(frame_of({0xff, 0xf0, 0x05, 0x04}), Protocol::llc),  // RNR, N(R) 2
            "llc dsap=255 group=yes ssap=240 response=no control=1029 kind=supervisory command=4 "
            "receive_sequence=2 poll_final=no");
}

TEST(Llc, PaddingIsCutByTheLength) {
  const Packet packet = test::decode_whole(frame_of({0xf0, 0xf0, 0x03, 1, 2, 3}));
  EXPECT_EQ(packet.payload_length, 3u);
  EXPECT_EQ(packet.end, DecodeEnd::unknown_llc_sap);
  EXPECT_EQ(packet.unknown, 0xf0);
  EXPECT_TRUE(packet.undecoded());
  EXPECT_EQ(packet.anomalies, 0u);
}

TEST(Llc, ALengthThatLiesIsSaid) {
  FrameBytes frame = frame_of({0xf0, 0xf0, 0x03});
  frame[12] = 0x05;  // 1,280 and more
  EXPECT_TRUE(test::decode_whole(frame).has(Anomaly::length_beyond_frame));
  EXPECT_TRUE(test::decode_whole(test::ethernet(2, test::bytes_of("ab"))).has(Anomaly::header_malformed));
}

TEST(Llc, WhatIsNoInformationNamesNobody) {
  const Packet packet = test::decode_whole(frame_of({0x42, 0x42, 0xe3, 0, 0, 0, 0}));  // TEST
  EXPECT_EQ(packet.end, DecodeEnd::complete);
  EXPECT_FALSE(packet.has(Protocol::stp));
}

TEST(Llc, SnapNamesEtherTypesAndProtocolsOfOthers) {
  const FrameBytes ip = test::ip_packet(test::kA4, test::kB4, 253, test::bytes_of("x"));
  const FrameBytes frame = frame_of({0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00}, ip);
  const Packet packet = test::decode_whole(frame);
  EXPECT_TRUE(packet.has(Protocol::llc) && packet.has(Protocol::snap) && packet.has(Protocol::ipv4));
  EXPECT_EQ(packet.ether_type, kEthertypeIp);
  EXPECT_EQ(packet.source_address(), test::kA4);
  EXPECT_TRUE(test::listed(frame, Protocol::snap).starts_with("snap oui=0 type=2048 ipv4 "));

  const Packet vtp = test::decode_whole(frame_of({0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0x03, 1}));
  EXPECT_EQ(vtp.end, DecodeEnd::unknown_snap_protocol);
  EXPECT_EQ(vtp.unknown, 0x2003);
  const Packet other = test::decode_whole(frame_of({0xaa, 0xaa, 3, 0, 0x60, 0x1d, 0x20, 0x00, 1}));
  EXPECT_EQ(other.end, DecodeEnd::unknown_snap_protocol) << "2000 is CDP of Cisco only";
}

TEST(Llc, ArpAndIpHaveAccessPointsOfTheirOwn) {
  base::ByteWriter arp;
  ArpHeader{}.emit(arp);
  EXPECT_TRUE(test::decode_whole(frame_of({0x98, 0x98, 3}, arp.view())).has(Protocol::arp));
  EXPECT_TRUE(test::decode_whole(frame_of({0xaa, 0xaa, 3, 0, 0, 0, 8, 6}, arp.view())).has(Protocol::arp));
  const FrameBytes ip = test::ip_packet(test::kA4, test::kB4, 253, test::bytes_of("x"));
  EXPECT_TRUE(test::decode_whole(frame_of({6, 6, 3}, ip)).has(Protocol::ipv4));
}

TEST(Llc, NovellsFramesHaveIpxBehindTheLength) {
  const Packet packet = test::decode_whole(frame_of({0xff, 0xff, 0, 30, 0, 0}));
  EXPECT_EQ(packet.end, DecodeEnd::unknown_ether_type);
  EXPECT_EQ(packet.unknown, kEthertypeIpx);
  EXPECT_FALSE(packet.has(Protocol::llc));
}

TEST(Llc, BehindATagAndInCookedCaptures) {
  const FrameBytes tagged = test::tagged(frame_of({0xf0, 0xf0, 3, 1, 2}), kEthertypeVlan, 7);
  const Packet packet = test::decode_whole(tagged);
  EXPECT_TRUE(packet.has(Protocol::llc) && packet.has(Protocol::vlan));
  EXPECT_EQ(packet.payload_length, 2u);
  const FrameBytes cooked{0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 7, 0, 0, 0, 4, 0xf0, 0xf0, 3};
  EXPECT_TRUE(test::decode_whole(cooked, nullptr, LinkType::linux_cooked_v1).has(Protocol::llc));
}

TEST(Llc, StandsCutting) {
  test::expect_stands_cutting(frame_of({0xf0, 0xf0, 0x02, 0x07, 1, 2}));
  test::expect_stands_cutting(frame_of({0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0x03, 1}));
}

}  // namespace
}  // namespace holter::wire
