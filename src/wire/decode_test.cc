#include <gtest/gtest.h>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kA6;
using test::kB4;
using test::kB6;

Packet decoded(const FrameBytes& frame, const DecodeHints& hints = {}) {
  return decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet, hints);
}

TEST(Decode, UdpOverIpv4) {
  const FrameBytes frame = test::udp_frame({kA4, 5'353}, {kB4, 53}, "question");
  const Packet packet = decoded(frame);
  EXPECT_EQ(packet.end, DecodeEnd::complete);
  EXPECT_TRUE(packet.has(Protocol::ethernet) && packet.has(Protocol::ipv4) && packet.has(Protocol::udp));
  EXPECT_EQ(packet.source_address(), kA4);
  EXPECT_EQ(packet.destination_address(), kB4);
  EXPECT_EQ(packet.source_port, 5'353);
  EXPECT_EQ(packet.destination_port, 53);
  EXPECT_EQ(packet.network_checksum, ChecksumState::good);
  EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
  EXPECT_EQ(packet.anomalies, 0);
  EXPECT_EQ(packet.payload_length, 8u);
  EXPECT_EQ(packet.payload(frame)[0], 'q');
}

// Bytes and sums worked out apart from this code (RFC 791, RFC 768).
TEST(Decode, KnownBytes) {
  const FrameBytes frame{0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                         0x08, 0x00,                                                              // loopback "Ethernet"
                         0x45, 0x00, 0x00, 0x20, 0x12, 0x34, 0x40, 0x00, 0x40, 0x11, 0x2a, 0x97,  // IPv4, UDP
                         0x7f, 0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01,                          // 127.0.0.1 twice
                         0x04, 0xd2, 0x16, 0x2e, 0x00, 0x0c, 0x08, 0x03, 'p',  'i',  'n',  'g'};  // 1234 -> 5678
  const Packet packet = decoded(frame);
  EXPECT_EQ(packet.source_port, 1'234);
  EXPECT_EQ(packet.destination_port, 5'678);
  EXPECT_EQ(packet.hop_limit, 64);
  EXPECT_EQ(packet.payload_length, 4u);
  EXPECT_EQ(packet.network_checksum, ChecksumState::good);
  EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
}

TEST(Decode, TcpWithOptionsOverIpv6) {
  const Packet packet = decoded(test::tcp_frame({kA6, 40'000}, {kB6, 443}, kTcpSyn));
  EXPECT_TRUE(packet.has(Protocol::tcp) && packet.has(Protocol::ipv6));
  EXPECT_EQ(packet.tcp_flags, kTcpSyn);
  EXPECT_EQ(packet.tcp_window, 64'240);
  EXPECT_EQ(packet.tcp_sequence, 1'000u);
  EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
  EXPECT_EQ(packet.payload_length, 0u);
  EXPECT_EQ(packet.anomalies, 0);
}

TEST(Decode, EchoOfBothVersions) {
  for (const bool v6 : {false, true}) {
    const Packet packet = decoded(test::echo_frame(v6 ? kA6 : kA4, v6 ? kB6 : kB4, false, 7, 9));
    EXPECT_TRUE(is_echo_request(packet));
    EXPECT_EQ(packet.icmp_id, 7);
    EXPECT_EQ(packet.icmp_sequence, 9);
    EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
  }
}

TEST(Decode, Arp) {
  base::ByteWriter out;
  ArpHeader{kArpReply, {2, 0, 0, 0, 0, 1}, {192, 0, 2, 1}, {2, 0, 0, 0, 0, 2}, {192, 0, 2, 2}}.emit(out);
  out.zeros(18);
  const Packet packet = decoded(test::ethernet(kEthertypeArp, out.view()));
  EXPECT_TRUE(packet.has(Protocol::arp));
  EXPECT_EQ(packet.arp_operation, kArpReply);
  EXPECT_EQ(packet.source_address(), kA4);
  EXPECT_EQ(packet.destination_address(), kB4);
  EXPECT_EQ(packet.payload_length, 0u);
}

TEST(Decode, VlanTagsInTheFrameAndFromTheDevice) {
  const FrameBytes inner = test::udp_frame({kA4, 1}, {kB4, 2}, "x");
  const Packet two = decoded(test::tagged(test::tagged(inner, kEthertypeVlan, 0x2005), kEthertypeQinq, 100));
  EXPECT_EQ(two.vlan_count, 2);
  EXPECT_EQ(two.vlan_id(), 100);
  EXPECT_EQ(two.vlan_tci[1], 0x2005);
  EXPECT_TRUE(two.has(Protocol::udp));
  const Packet taken = decoded(inner, {.has_vlan = true, .vlan_tci = 42});
  EXPECT_EQ(taken.vlan_id(), 42);
  EXPECT_EQ(taken.ether_type, kEthertypeIp);
}

TEST(Decode, PaddingIsNotPayload) {
  FrameBytes frame = test::udp_frame({kA4, 1}, {kB4, 2}, "ab");
  frame.resize(60, 0xee);
  const Packet packet = decoded(frame);
  EXPECT_EQ(packet.payload_length, 2u);
  EXPECT_EQ(packet.payload(frame).size(), 2u);
  EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
}

TEST(Decode, FragmentsKeepTheirPlaceAndOnlyTheFirstHasPorts) {
  FrameBytes frame = test::udp_frame({kA4, 1}, {kB4, 2}, "a long enough datagram");
  frame[14 + 6] = 0x20;  // more fragments
  const Packet first = decoded(frame);
  EXPECT_TRUE(first.is_fragment());
  EXPECT_EQ(first.source_port, 1);
  EXPECT_EQ(first.transport_checksum, ChecksumState::unverified);
  frame[14 + 6] = 0x00;
  frame[14 + 7] = 0x02;
  const Packet second = decoded(frame);
  EXPECT_EQ(second.fragment_offset, 16);
  EXPECT_FALSE(second.has(Protocol::udp));
  EXPECT_EQ(second.ip_protocol, kIpprotoUdp);
}

TEST(Decode, Ipv6ExtensionHeadersAreSteppedOver) {
  base::ByteWriter inside;
  for (const std::uint8_t next : {kIpprotoDstopts, kIpprotoFragment}) {  // hop-by-hop, then destination options
    inside.u8(next);
    inside.u8(0);
    inside.zeros(6);
  }
  inside.u8(kIpprotoUdp);  // an atomic fragment
  inside.zeros(7);
  UdpHeader{7, 8}.emit(inside, test::bytes_of("x"), kA6, kB6);
  const Packet packet = decoded(test::ip_frame(kA6, kB6, kIpprotoHopopts, inside.view()));
  EXPECT_TRUE(packet.has(Protocol::ipv6_hop_by_hop) && packet.has(Protocol::ipv6_destination));
  EXPECT_EQ(packet.ip_protocol, kIpprotoUdp);
  EXPECT_EQ(packet.destination_port, 8);
  EXPECT_EQ(packet.transport_checksum, ChecksumState::good);
}

TEST(Decode, AChainOfHeadersEndsAtTheLimit) {
  base::ByteWriter inside;
  for (int i = 0; i < 40; ++i) {
    inside.u8(kIpprotoDstopts);
    inside.zeros(7);
  }
  const Packet packet = decoded(test::ip_frame(kA6, kB6, kIpprotoDstopts, inside.view()));
  EXPECT_TRUE(packet.has(Anomaly::too_deep));
  EXPECT_EQ(packet.end, DecodeEnd::too_deep);
  EXPECT_EQ(packet.layers, kMaxLayers);
}

TEST(Decode, AnErrorQuotesThePacketItIsAbout) {
  for (const bool v6 : {false, true}) {
    const auto& a = v6 ? kA6 : kA4;
    const auto& b = v6 ? kB6 : kB4;
    base::ByteWriter udp;
    UdpHeader{33'000, 33'434}.emit(udp, test::bytes_of("a payload that the quote does not have"), a, b);
    const FrameBytes about = test::ip_packet(a, b, kIpprotoUdp, udp.view());
    base::ByteWriter error;
    const std::uint8_t type = v6 ? kIcmpv6DestinationUnreachable : kIcmpDestinationUnreachable;
    IcmpEchoHeader{type, 3, 0, 0}.emit(error, Bytes(about).first((v6 ? 40 : 20) + 8));
    const FrameBytes frame = test::ip_frame(b, a, v6 ? kIpprotoIcmpv6 : kIpprotoIcmp, error.view());
    const Packet packet = decoded(frame);
    ASSERT_TRUE(has_quote(packet));
    const Packet quoted = decode_quoted(frame, packet);
    EXPECT_EQ(quoted.destination_address(), b);
    EXPECT_EQ(quoted.destination_port, 33'434);
    EXPECT_EQ(quoted.transport_checksum, ChecksumState::unverified);
    EXPECT_EQ(quoted.anomalies, 0);
  }
}

TEST(Decode, CutIsNotLying) {
  const FrameBytes frame = test::udp_frame({kA4, 1}, {kB4, 2}, "payload");
  const Packet cut =
      decode(Bytes(frame).first(14 + 20 + 4), static_cast<std::uint32_t>(frame.size()), LinkType::ethernet);
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.anomalies, 0);
  const FrameBytes shorter(frame.begin(), frame.begin() + 14 + 20 + 4);
  const Packet lying = decoded(shorter);
  EXPECT_FALSE(lying.truncated);
  EXPECT_TRUE(lying.has(Anomaly::length_beyond_frame));
  EXPECT_TRUE(lying.has(Anomaly::header_malformed));
}

TEST(Decode, BadChecksumsAreAnomaliesUnlessTheDeviceHadStillToFillThemIn) {
  FrameBytes frame = test::udp_frame({kA4, 1}, {kB4, 2}, "payload");
  frame.back() ^= 1;
  EXPECT_TRUE(decoded(frame).has(Anomaly::bad_transport_checksum));
  EXPECT_EQ(decoded(frame, {.checksum_not_ready = true}).transport_checksum, ChecksumState::unverified);
  frame[14 + 8] = 63;  // TTL
  EXPECT_TRUE(decoded(frame).has(Anomaly::bad_network_checksum));
  frame[14 + 20 + 6] = frame[14 + 20 + 7] = 0;  // sent without
  EXPECT_EQ(decoded(frame).transport_checksum, ChecksumState::none);
}

TEST(Decode, OddFlagsOptionsAndVersions) {
  EXPECT_TRUE(decoded(test::tcp_frame({kA4, 1}, {kB4, 2}, kTcpSyn | kTcpFin)).has(Anomaly::odd_tcp_flags));
  FrameBytes frame = test::tcp_frame({kA4, 1}, {kB4, 2}, kTcpSyn);
  frame[14 + 20 + 20 + 1] = 60;  // an option longer than its list
  EXPECT_TRUE(decoded(frame).has(Anomaly::bad_option));
  frame[14] = 0x55;
  EXPECT_TRUE(decoded(frame).has(Anomaly::bad_version));
}

TEST(Decode, UnknownNumbersSayWhich) {
  const Packet ptp = decoded(test::ethernet(0x88f7, test::bytes_of("ptp")));
  EXPECT_EQ(ptp.end, DecodeEnd::unknown_ether_type);
  EXPECT_EQ(ptp.unknown, 0x88f7);
  EXPECT_TRUE(ptp.undecoded());
  const Packet ospf = decoded(test::ip_frame(kA4, kB4, 89, test::bytes_of("ospf")));
  EXPECT_EQ(ospf.end, DecodeEnd::unknown_ip_protocol);
  EXPECT_EQ(ospf.unknown, 89);
  EXPECT_FALSE(ospf.undecoded());
  EXPECT_EQ(decode({}, 0, LinkType::unknown).end, DecodeEnd::unknown_link);
}

TEST(Decode, BareIp) {
  const FrameBytes bare = test::ip_packet(kA6, kB6, kIpprotoNone, {});
  const Packet packet = decode(bare, static_cast<std::uint32_t>(bare.size()), LinkType::raw_ip);
  EXPECT_TRUE(packet.has(Protocol::ipv6));
  EXPECT_EQ(packet.end, DecodeEnd::complete);
  EXPECT_FALSE(packet.has(Protocol::ethernet));
}

Packet decoded_behind(std::vector<std::uint8_t> header, LinkType link) {
  const FrameBytes bare = test::ip_packet(kA6, kB6, kIpprotoNone, {});
  header.insert(header.end(), bare.begin(), bare.end());
  return decode(header, static_cast<std::uint32_t>(header.size()), link);
}

TEST(Decode, LinuxCookedKnowsTheSender) {
  const Packet v1 = decoded_behind({0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 7, 0, 0, 0x86, 0xdd}, LinkType::linux_cooked_v1);
  const Packet v2 =
      decoded_behind({0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 7, 0, 0}, LinkType::linux_cooked_v2);
  for (const Packet& packet : {v1, v2}) {
    EXPECT_TRUE(packet.has(Protocol::linux_cooked));
    EXPECT_TRUE(packet.has(Protocol::ipv6));
    EXPECT_EQ(packet.source_mac, (MacAddress{2, 0, 0, 0, 0, 7}));
    EXPECT_EQ(packet.source_address(), kA6);
  }
  // Netlink's protocol is a number of its own.
  EXPECT_EQ(decoded_behind({0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0}, LinkType::linux_cooked_v1).end,
            DecodeEnd::unknown_ether_type);
}

TEST(Decode, BsdLoopbackInEitherByteOrder) {
  for (const std::uint8_t family : {10, 24, 28, 30}) {
    EXPECT_TRUE(decoded_behind({0, 0, 0, family}, LinkType::bsd_null).has(Protocol::ipv6));
    EXPECT_TRUE(decoded_behind({family, 0, 0, 0}, LinkType::bsd_null).has(Protocol::ipv6));
  }
  EXPECT_EQ(decoded_behind({0, 0, 0, 2}, LinkType::bsd_null).ether_type, kEthertypeIp);
  EXPECT_EQ(decoded_behind({0, 0, 0, 99}, LinkType::bsd_null).end, DecodeEnd::unknown_ether_type);
  EXPECT_TRUE(decoded_behind({0x0f, 0, 0x86, 0xdd}, LinkType::bsd_null).has(Protocol::ipv6)) << "an ether type";
}

}  // namespace
}  // namespace holter::wire
