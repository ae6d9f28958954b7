#include "compat/heartbeat_segments.h"

#include <gmock/gmock.h>

#include <string>

#include "wire/test_frames.h"

namespace holter::compat {
namespace {

using base::Endpoint;
using base::IpAddress;
using wire::LinkType;

const Endpoint kClient{IpAddress::v4({192, 0, 2, 1}), 40'000};
const Endpoint kHub{IpAddress::v4({192, 0, 2, 2}), kHeartbeatPort};

std::string hex(const std::vector<std::uint8_t>& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<HeartbeatSegment> parse_packet(const std::vector<std::uint8_t>& packet) {
  return parse_segment(packet, static_cast<std::uint32_t>(packet.size()), LinkType::raw_ip);
}

SegmentMeaning meaning(std::uint8_t flags, std::string_view text) {
  return meaning_of({kClient, kHub, 1, 1, flags, text});
}

// As scapy's IP(src, dst)/TCP(sport, dport, flags, seq, ack)/text makes them.
TEST(HeartbeatSegments, AreTheBytesOfTheAncestor) {
  const MessagePackets packets = message_packets(kClient, kHub, 7, "hello");
  EXPECT_EQ(hex(packets[0]), "45000028000100004006f6cbc0000201c00002029c402c9600000007000000005002200043010000");
  EXPECT_EQ(hex(packets[1]), "45000028000100004006f6cbc0000201c00002029c402c9600000008000000015010200042f10000");
  EXPECT_EQ(hex(packets[2]),
            "4500002d000100004006f6c6c0000201c00002029c402c96000000090000000150102000ff18000068656c6c6f");
}

TEST(HeartbeatSegments, ComeBackFromTheirBytes) {
  for (const auto& packet : message_packets(kClient, kHub, 7, "hello")) {
    const auto segment = parse_packet(packet);
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->from, kClient);
    EXPECT_EQ(segment->to, kHub);
    EXPECT_EQ(segment->packet_bytes(), packet.size());
    EXPECT_EQ(segment->emit(), packet);
  }
  EXPECT_EQ(parse_packet(message_packets(kClient, kHub, 7, "hello")[2])->text, "hello");
}

TEST(HeartbeatSegments, NumbersGoRound) {
  const MessagePackets packets = message_packets(kClient, kHub, 0xffffffff, "hello");
  EXPECT_EQ(parse_packet(packets[1])->sequence, 0U);
  EXPECT_EQ(parse_packet(packets[2])->sequence, 1U);
}

TEST(HeartbeatSegments, ALongTextIsCut) {
  const auto packet = message_packets(kClient, kHub, 7, std::string(70'000, 'x'))[2];
  EXPECT_EQ(parse_packet(packet)->text.size(), kMaxTextBytes);
}

TEST(HeartbeatSegments, PaddingOfTheLinkIsNoText) {
  auto frame = wire::test::ethernet(wire::kEthertypeIp, message_packets(kClient, kHub, 7, "")[1]);
  frame.resize(60);
  const auto segment = parse_segment(frame, 60, LinkType::ethernet);
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->text, "");
}

TEST(HeartbeatSegments, WhatIsDamagedIsNone) {
  const auto packet = message_packets(kClient, kHub, 7, "hello")[2];
  for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
    auto flipped = packet;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
    EXPECT_FALSE(parse_packet(flipped)) << bit;
  }
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const base::Bytes part = base::Bytes(packet).first(size);
    EXPECT_FALSE(parse_segment(part, static_cast<std::uint32_t>(packet.size()), LinkType::raw_ip)) << size;
    EXPECT_FALSE(parse_segment(part, static_cast<std::uint32_t>(size), LinkType::raw_ip)) << size;
  }
}

TEST(HeartbeatSegments, AChecksumThatTheDeviceFillsInIsNoDamage) {
  auto packet = message_packets(kClient, kHub, 7, "hello")[2];
  packet[36] = 0;
  EXPECT_FALSE(parse_packet(packet));
  EXPECT_TRUE(parse_segment(packet, static_cast<std::uint32_t>(packet.size()), LinkType::raw_ip, true));
}

TEST(HeartbeatSegments, OtherProtocolsAreNone) {
  using namespace wire::test;
  const auto parse_frame = [](const FrameBytes& frame) {
    return parse_segment(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet).has_value();
  };
  EXPECT_TRUE(parse_frame(tcp_frame({kA4, 5}, {kB4, 6}, wire::kTcpSyn)));
  EXPECT_FALSE(parse_frame(tcp_frame({kA6, 5}, {kB6, 6}, wire::kTcpSyn)));
  EXPECT_FALSE(parse_frame(udp_frame({kA4, 5}, {kB4, 6}, "TERMINATE")));
  EXPECT_FALSE(parse_frame(echo_frame(kA4, kB4, false, 1, 1)));
}

TEST(HeartbeatSegments, MeanWhatTheirFlagsAndTextSay) {
  EXPECT_EQ(meaning(wire::kTcpSyn, ""), SegmentMeaning::opens);
  EXPECT_EQ(meaning(wire::kTcpAck, ""), SegmentMeaning::nothing);
  EXPECT_EQ(meaning(wire::kTcpAck, "hello"), SegmentMeaning::says);
  for (const std::string_view text : {"MSG_HEARTBEAT", "STILL D.R.E", "PULSE"}) {
    EXPECT_EQ(meaning(wire::kTcpAck, text), SegmentMeaning::lives) << text;
  }
  for (const std::string_view text : {"TERMINATE", "please TERMINATE now", "xTERMINATEx"}) {
    EXPECT_EQ(meaning(wire::kTcpAck, text), SegmentMeaning::closes) << text;
  }
  EXPECT_EQ(meaning(wire::kTcpAck, "terminate"), SegmentMeaning::says);
}

TEST(HeartbeatSegments, OtherFlagsMeanNothing) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    if (flags == wire::kTcpAck || flags == wire::kTcpSyn) continue;
    EXPECT_EQ(meaning(static_cast<std::uint8_t>(flags), "TERMINATE"), SegmentMeaning::nothing) << flags;
  }
}

}  // namespace
}  // namespace holter::compat
