#include "wire/network/reassembly.h"

#include <gtest/gtest.h>

#include <random>

#include "wire/test_frames.h"
#include "wire/test_listing.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kA6;
using test::kB4;
using test::kB6;

constexpr base::PacketTime kStart = base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000);

struct Piece {
  std::size_t begin;
  std::size_t end;
  bool more = true;
};

// A fragment of `payload` (what the datagram carries) in a frame.
FrameBytes fragment(bool v6, const FrameBytes& payload, Piece piece, std::uint32_t id = 7) {
  const Bytes part = Bytes(payload).subspan(piece.begin, piece.end - piece.begin);
  base::ByteWriter out;
  if (!v6) {
    Ipv4Header header;
    header.payload_length = static_cast<std::uint16_t>(part.size());
    header.identification = static_cast<std::uint16_t>(id);
    header.do_not_fragment = false;
    header.more_fragments = piece.more;
    header.fragment_offset = static_cast<std::uint16_t>(piece.begin);
    header.protocol = kIpprotoUdp;
    header.source = test::array_of<4>(kA4);
    header.destination = test::array_of<4>(kB4);
    header.emit(out);
    out.bytes(part);
    return test::ethernet(kEthertypeIp, out.view());
  }
  out.u8(kIpprotoFragment);  // hop-by-hop options, padded
  out.u8(0);
  out.u16(0x0104);
  out.u32(0);
  out.u8(kIpprotoUdp);
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(piece.begin | (piece.more ? 1 : 0)));
  out.u32(id);
  out.bytes(part);
  return test::ip_frame(kA6, kB6, kIpprotoHopopts, out.view());
}

FrameBytes udp_of(bool v6, std::size_t n) {
  base::ByteWriter out;
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('a' + i % 26);
  UdpHeader{1'000, 53}.emit(out, test::bytes_of(text), v6 ? kA6 : kA4, v6 ? kB6 : kB4);
  return out.take();
}

struct Fed {
  Packet packet;
  std::optional<Bytes> whole;
};

Fed feed(Reassembler& to, const FrameBytes& frame, base::PacketTime at = kStart) {
  Fed fed{decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet), {}};
  fed.whole = to.add(fed.packet, frame, at);
  return fed;
}

TEST(Reassembler, InAnyOrderTheWholeHasGoodSums) {
  for (const bool v6 : {false, true}) {
    const FrameBytes udp = udp_of(v6, 92);  // 100 bytes
    for (const auto& order : std::vector<std::vector<Piece>>{{{0, 48}, {48, 80}, {80, 100, false}},
                                                             {{80, 100, false}, {48, 80}, {0, 48}}}) {
      Reassembler reassembler;
      EXPECT_FALSE(feed(reassembler, fragment(v6, udp, order[0])).whole);
      EXPECT_FALSE(feed(reassembler, fragment(v6, udp, order[1])).whole);
      const Fed last = feed(reassembler, fragment(v6, udp, order[2]));
      ASSERT_TRUE(last.whole);
      const Packet packet = decode(*last.whole, static_cast<std::uint32_t>(last.whole->size()), LinkType::raw_ip);
      EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
      EXPECT_EQ(packet.network_checksum, v6 ? ChecksumState::none : ChecksumState::good);
      EXPECT_EQ(packet.destination_port, 53);
      EXPECT_EQ(packet.payload_length, 92u);
      EXPECT_EQ(packet.anomalies, 0u);
      EXPECT_FALSE(packet.is_fragment());
      EXPECT_EQ(packet.has(Protocol::ipv6_hop_by_hop), v6);
      EXPECT_EQ(reassembler.counters().whole, 1u);
      EXPECT_EQ(reassembler.waiting(), 0u);
      EXPECT_EQ(reassembler.bytes(), 0u);
    }
  }
}

TEST(Reassembler, TheSameFragmentAgainIsNoOverlap) {
  for (const bool v6 : {false, true}) {
    const FrameBytes udp = udp_of(v6, 92);
    Reassembler reassembler;
    feed(reassembler, fragment(v6, udp, {0, 48}));
    EXPECT_FALSE(feed(reassembler, fragment(v6, udp, {0, 48})).packet.has(Anomaly::fragment_overlap));
    EXPECT_EQ(reassembler.counters().duplicates, 1u);
    EXPECT_TRUE(feed(reassembler, fragment(v6, udp, {48, 100, false})).whole);
  }
}

TEST(Reassembler, OverlapsAreAnAnomalyAndEndAnIpv6Datagram) {
  for (const bool v6 : {false, true}) {
    const FrameBytes udp = udp_of(v6, 92);
    Reassembler reassembler;
    feed(reassembler, fragment(v6, udp, {0, 48}));
    EXPECT_TRUE(feed(reassembler, fragment(v6, udp, {40, 80})).packet.has(Anomaly::fragment_overlap));
    EXPECT_EQ(reassembler.counters().overlaps, 1u);
    const Fed last = feed(reassembler, fragment(v6, udp, {80, 100, false}));
    EXPECT_EQ(last.whole.has_value(), !v6);
    if (v6) {
      EXPECT_FALSE(feed(reassembler, fragment(v6, udp, {0, 48})).whole);
      EXPECT_EQ(reassembler.bytes(), 0u);
    }
  }
}

TEST(Reassembler, OfIpv4TheLaterBytesCount) {
  const FrameBytes udp = udp_of(false, 92);
  FrameBytes other = udp;
  other[44] ^= 0xff;
  Reassembler reassembler;
  feed(reassembler, fragment(false, other, {0, 48}));
  feed(reassembler, fragment(false, udp, {40, 80}));
  const Fed last = feed(reassembler, fragment(false, udp, {80, 100, false}));
  ASSERT_TRUE(last.whole);
  EXPECT_TRUE(std::ranges::equal(last.whole->subspan(20), udp));
}

TEST(Reassembler, DatagramsAreToldApart) {
  const FrameBytes udp = udp_of(false, 92);
  Reassembler reassembler;
  feed(reassembler, fragment(false, udp, {0, 48}, 1));
  EXPECT_FALSE(feed(reassembler, fragment(false, udp, {48, 100, false}, 2)).whole);
  EXPECT_FALSE(feed(reassembler, test::tagged(fragment(false, udp, {48, 100, false}, 1), kEthertypeVlan, 5)).whole);
  EXPECT_EQ(reassembler.waiting(), 3u);
  EXPECT_TRUE(feed(reassembler, fragment(false, udp, {48, 100, false}, 1)).whole);
}

TEST(Reassembler, WhatCannotBeRightIsCountedAndNothingMore) {
  const FrameBytes udp = udp_of(false, 92);
  Reassembler reassembler;
  FrameBytes cut = fragment(false, udp, {0, 48});
  cut.resize(cut.size() - 1);
  feed(reassembler, cut);
  feed(reassembler, fragment(false, udp, {0, 44}));  // not a multiple of 8
  EXPECT_EQ(reassembler.counters().unusable, 2u);
  EXPECT_EQ(reassembler.waiting(), 0u);
  feed(reassembler, fragment(false, udp, {48, 100, false}));
  feed(reassembler, fragment(false, udp, {48, 96, false}));  // another end
  feed(reassembler, fragment(false, udp_of(false, 192), {104, 112}));
  EXPECT_EQ(reassembler.counters().beyond_limit, 2u);
  EXPECT_TRUE(feed(reassembler, fragment(false, udp, {0, 48})).whole);
}

TEST(Reassembler, NoDatagramIsLargerThanItsLengthCanSay) {
  const FrameBytes big(65'528, 1);
  Reassembler reassembler;
  for (std::size_t at = 0; at < 65'520; at += 8'190)
    feed(reassembler, fragment(false, big, {at / 8 * 8, at / 8 * 8 + 8'192}));
  EXPECT_EQ(reassembler.counters().whole, 0u);
  FrameBytes last = fragment(false, big, {65'520, 65'528, false});
  EXPECT_FALSE(feed(reassembler, last).whole);
  EXPECT_GE(reassembler.counters().beyond_limit, 1u);
}

TEST(Reassembler, AgeAndRoomAreBounded) {
  const FrameBytes udp = udp_of(false, 92);
  Reassembler reassembler;
  for (std::uint32_t id = 0; id < kMaxDatagrams + 10; ++id) feed(reassembler, fragment(false, udp, {0, 48}, id));
  EXPECT_EQ(reassembler.waiting(), kMaxDatagrams);
  EXPECT_EQ(reassembler.counters().gave_way, 10u);
  feed(reassembler, fragment(false, udp, {0, 48}, 60'000), kStart - base::Duration::hours(1));
  EXPECT_EQ(reassembler.waiting(), kMaxDatagrams);
  feed(reassembler, fragment(false, udp, {0, 48}, 60'001), kStart + kMaxFragmentAge + base::Duration::seconds(1));
  EXPECT_EQ(reassembler.waiting(), 1u);

  const FrameBytes far(65'000, 1);
  for (std::uint32_t id = 0; id < 1'000; ++id) {
    feed(reassembler, fragment(false, far, {64'000, 64'008}, id), kStart + kMaxFragmentAge * 2);
    ASSERT_LE(reassembler.bytes(), kMaxFragmentBytes);
  }
}

TEST(Reassembler, AnyFragmentsStayInBounds) {
  const char* wanted = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("HOLTER_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const FrameBytes payloads[] = {udp_of(false, 500), udp_of(true, 500)};
  Reassembler reassembler;
  for (int round = 0; round < 50'000; ++round) {
    const bool v6 = random() % 2 == 0;
    const std::size_t begin = random() % 60 * 8, length = random() % 8 * 8 + random() % 2;
    FrameBytes frame =
        fragment(v6, payloads[v6 ? 1 : 0], {begin, std::min<std::size_t>(begin + length, 508), random() % 4 != 0},
                 static_cast<std::uint32_t>(random() % 20));
    if (random() % 3 == 0) frame[14 + random() % (frame.size() - 14)] = static_cast<std::uint8_t>(random());
    if (random() % 8 == 0) frame.resize(random() % frame.size());
    const Fed fed =
        feed(reassembler, frame, kStart + base::Duration::milliseconds(static_cast<std::int64_t>(random() % 100'000)));
    if (fed.whole) {
      (void)decode(*fed.whole, static_cast<std::uint32_t>(fed.whole->size()), LinkType::raw_ip);
    }
    ASSERT_LE(reassembler.waiting(), kMaxDatagrams);
    ASSERT_LE(reassembler.bytes(), kMaxFragmentBytes);
  }
  EXPECT_GT(reassembler.counters().whole, 0u);
}

}  // namespace
}  // namespace holter::wire
