// Packets within packets: GRE, ERSPAN, IP in IP, VXLAN, Geneve, GTP-U, and the limit of their depth.
#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/test_fields.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kA6;
using test::kB4;
using test::kB6;

const base::IpAddress kC4 = base::IpAddress::v4({198, 51, 100, 1});
const base::IpAddress kD4 = base::IpAddress::v4({198, 51, 100, 2});

FrameBytes joined(std::initializer_list<std::uint8_t> header, Bytes inside) {
  base::ByteWriter out;
  for (const std::uint8_t byte : header) out.u8(byte);
  out.bytes(inside);
  return out.take();
}

FrameBytes over_udp(std::uint16_t port, Bytes inside, bool back = false) {
  base::ByteWriter out;
  UdpHeader{40'000, port}.emit(out, inside, back ? kB4 : kA4, back ? kA4 : kB4);
  return back ? test::ip_frame(kB4, kA4, kIpprotoUdp, out.view()) : test::ip_frame(kA4, kB4, kIpprotoUdp, out.view());
}

FrameBytes in_gre(std::initializer_list<std::uint8_t> header, Bytes inside) {
  return test::ip_frame(kA4, kB4, kIpprotoGre, joined(header, inside));
}

const FrameBytes kInnerFrame = test::udp_frame({kC4, 1'000}, {kD4, 2'000}, "inside");
const FrameBytes kInnerPacket = test::ip_packet(kC4, kD4, 253, test::bytes_of("inside"));

void expect_inner(const FrameBytes& frame, Protocol kind, std::uint32_t id) {
  const Packet packet = test::decode_whole(frame);
  EXPECT_EQ(packet.tunnels, 1);
  EXPECT_EQ(packet.tunnel, kind);
  EXPECT_EQ(packet.tunnel_id, id);
  EXPECT_TRUE(packet.has(kind));
  EXPECT_EQ(packet.source_address(), kC4);
  EXPECT_EQ(packet.anomalies, 0u);
  test::expect_stands_cutting(frame);
  const Packet outer = decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet, {}, {.tunnels = 0});
  EXPECT_EQ(outer.source_address(), kA4);
  EXPECT_TRUE(outer.has(kind));
  EXPECT_EQ(outer.anomalies, 0u);
}

TEST(Tunnel, IpInIp) {
  expect_inner(test::ip_frame(kA4, kB4, kIpprotoIpv4, kInnerPacket), Protocol::ip_in_ip, 0);
  const Packet six = test::decode_whole(test::ip_frame(kA4, kB4, kIpprotoIpv6, test::ip_packet(kA6, kB6, 59, {})));
  EXPECT_EQ(six.source_address(), kA6);
  EXPECT_FALSE(six.has(Protocol::ipv4));
  EXPECT_EQ(six.ether_type, kEthertypeIpv6);
  EXPECT_TRUE(test::decode_whole(test::ip_frame(kA6, kB6, kIpprotoIpv4, kInnerPacket)).has(Protocol::ipv4));
  EXPECT_TRUE(test::decode_whole(test::ip_frame(kA6, kB6, kIpprotoIpv6, test::ip_packet(kA6, kB6, 59, {}))).tunnels ==
              1);
}

TEST(Tunnel, AFragmentIsNotLookedInto) {
  FrameBytes frame = test::ip_frame(kA4, kB4, kIpprotoIpv4, kInnerPacket);
  frame[14 + 6] = 0x20;  // more fragments
  const Packet packet = test::decode_whole(frame);
  EXPECT_EQ(packet.tunnels, 0);
  EXPECT_EQ(packet.source_address(), kA4);
}

TEST(Tunnel, GreWithEveryPart) {
  expect_inner(in_gre({0, 0, 8, 0}, kInnerPacket), Protocol::gre, 0);
  expect_inner(in_gre({0, 0, 0x65, 0x58}, kInnerFrame), Protocol::gre, 0);
  FrameBytes body = joined({0xb0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 77, 0, 0, 0, 5}, kInnerPacket);
  const std::uint16_t sum = internet_checksum(body);
  body[4] = static_cast<std::uint8_t>(sum >> 8);
  body[5] = static_cast<std::uint8_t>(sum);
  FrameBytes frame = test::ip_frame(kA4, kB4, kIpprotoGre, body);
  expect_inner(frame, Protocol::gre, 77);
  const std::string text = test::listed(frame, Protocol::gre);
  EXPECT_TRUE(
      text.starts_with("gre flags=45056 checksum_present=yes routing_present=no key_present=yes "
                       "sequence_present=yes version=0 type=2048 checksum=" +
                       std::to_string(sum) + " checksum_state=good key=77 sequence=5 ipv4 "))
      << text;
  frame[14 + 20 + 15] = 6;
  EXPECT_TRUE(test::decode_whole(frame).has(Anomaly::bad_network_checksum));
}

TEST(Tunnel, GreWithARouteAndWithOtherCargo) {
  // Checksum and offset are there with a route; one entry of 4 bytes, then the end.
  expect_inner(in_gre({0x40, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 4, 192, 0, 2, 9, 0, 0, 0, 0}, kInnerPacket), Protocol::gre,
               0);
  const Packet other = test::decode_whole(in_gre({0, 0, 0x20, 1, 1, 2}, {}));
  EXPECT_EQ(other.tunnels, 0);
  EXPECT_EQ(other.source_address(), kA4) << "what is not known does not hide the outer packet";
  EXPECT_EQ(other.end, DecodeEnd::unknown_ether_type);
  EXPECT_EQ(other.unknown, 0x2001);
  EXPECT_TRUE(test::decode_whole(in_gre({0, 7, 8, 0}, kInnerPacket)).has(Anomaly::header_malformed));
}

TEST(Tunnel, GreOfPptp) {
  const auto length = static_cast<std::uint8_t>(kInnerPacket.size() + 4);
  const FrameBytes frame =
      in_gre({0x30, 0x81, 0x88, 0x0b, 0, length, 0, 9, 0, 0, 0, 3, 0, 0, 0, 2, 0xff, 3, 0, 0x21}, kInnerPacket);
  expect_inner(frame, Protocol::gre, 9);
  EXPECT_TRUE(test::listed(frame, Protocol::gre)
                  .starts_with("gre flags=12417 checksum_present=no routing_present=no key_present=yes "
                               "sequence_present=yes acknowledgment_present=yes version=1 type=34827 "
                               "payload_length=30 call_id=9 sequence=3 acknowledgment=2 ppp address=255 control=3 "
                               "protocol=33 ipv4 "));
  const Packet alone = test::decode_whole(in_gre({0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 2}, {}));
  EXPECT_EQ(alone.end, DecodeEnd::complete);
  EXPECT_EQ(alone.tunnels, 0);
}

TEST(Tunnel, Erspan) {
  expect_inner(in_gre({0, 0, 0x88, 0xbe}, kInnerFrame), Protocol::gre, 0);  // type I
  const FrameBytes two = in_gre({0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0x05, 0x64, 0x07, 0, 0, 0, 9}, kInnerFrame);
  expect_inner(two, Protocol::gre, 0);
  EXPECT_TRUE(
      test::listed(two, Protocol::erspan)
          .starts_with("erspan version=1 vlan=5 class_of_service=3 truncated=yes session_id=7 index=9 ethernet "));
  const FrameBytes three = in_gre(
      {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x05, 0x00, 0x07, 0, 0, 1, 0, 0, 3, 0, 0x29, 0, 0, 0, 0, 0, 0, 0, 0},
      kInnerFrame);
  expect_inner(three, Protocol::gre, 0);
  EXPECT_TRUE(test::listed(three, Protocol::erspan)
                  .starts_with("erspan version=2 vlan=5 class_of_service=0 truncated=no session_id=7 timestamp=256 "
                               "security_group=3 hardware_id=2 egress=yes ethernet "));
}

TEST(Tunnel, Vxlan) {
  const FrameBytes frame = over_udp(4789, joined({8, 0, 0, 5, 0, 0x30, 0x39, 0}, kInnerFrame));
  expect_inner(frame, Protocol::vxlan, 0x3039);
  EXPECT_TRUE(test::listed(frame, Protocol::vxlan).starts_with("vxlan flags=2048 group_policy=5 vni=12345 ethernet "));
  const Packet back = test::decode_whole(over_udp(8472, joined({8, 0, 0, 5, 0, 0x30, 0x39, 0}, kInnerFrame), true));
  EXPECT_EQ(back.tunnel_ends, test::decode_whole(frame).tunnel_ends) << "both directions are one tunnel";
}

TEST(Tunnel, VxlanThatNamesWhatItCarries) {
  const FrameBytes frame = over_udp(4790, joined({0x0c, 0, 0, 1, 0, 0, 9, 0}, kInnerPacket));
  expect_inner(frame, Protocol::vxlan, 9);
  EXPECT_TRUE(
      test::listed(frame, Protocol::vxlan).starts_with("vxlan flags=3072 group_policy=1 next_protocol=1 vni=9 ipv4 "));
  expect_inner(over_udp(4790, joined({0x08, 0, 0, 0, 0, 0, 9, 0}, kInnerFrame)), Protocol::vxlan, 9);
  EXPECT_EQ(test::decode_whole(over_udp(4790, joined({0x0c, 0, 0, 4, 0, 0, 9, 0}, {}))).tunnels, 0) << "NSH";
}

TEST(Tunnel, Geneve) {
  const FrameBytes frame = over_udp(
      6081, joined({3, 0x40, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 0x83, 1, 0xde, 0xad, 0xbe, 0xef, 0, 5, 7, 0}, kInnerFrame));
  expect_inner(frame, Protocol::geneve, 9);
  EXPECT_TRUE(test::listed(frame, Protocol::geneve)
                  .starts_with("geneve version=0 options_length=12 control=no critical=yes type=25944 vni=9 "
                               "[option class=258 type=131 length=4 value=deadbeef] [option class=5 type=7 length=0] "
                               "ethernet "));
  expect_inner(over_udp(6081, joined({0, 0, 8, 0, 0, 0, 9, 0}, kInnerPacket)), Protocol::geneve, 9);
  EXPECT_TRUE(test::decode_whole(over_udp(6081, joined({1, 0, 8, 0, 0, 0, 9, 0, 1, 2, 3, 9}, kInnerPacket)))
                  .has(Anomaly::bad_option));
}

TEST(Tunnel, GtpU) {
  const auto length = static_cast<std::uint8_t>(kInnerPacket.size());
  const FrameBytes plain = over_udp(2152, joined({0x30, 255, 0, length, 0, 0, 1, 2}, kInnerPacket));
  expect_inner(plain, Protocol::gtp_u, 258);
  const FrameBytes extended = over_udp(
      2152,
      joined({0x37, 255,  0, static_cast<std::uint8_t>(length + 12), 0, 0, 1, 3, 0, 7, 2, 0x85, 1, 0x10, 9, 0xc0, 1,
              0xaa, 0xbb, 0},
             kInnerPacket));
  expect_inner(extended, Protocol::gtp_u, 259);
  EXPECT_TRUE(test::listed(extended, Protocol::gtp_u)
                  .starts_with("gtp_u flags=55 version=1 type=255 length=38 teid=259 sequence=7 n_pdu=2 "
                               "[extension type=133 length=4 pdu_type=1 qos_flow=9] "
                               "[extension type=192 length=4 value=aabb] ipv4 "))
      << test::listed(extended, Protocol::gtp_u);
  const Packet back =
      test::decode_whole(over_udp(2152, joined({0x30, 255, 0, length, 0, 0, 9, 9}, kInnerPacket), true));
  EXPECT_EQ(back.tunnel_ends, test::decode_whole(plain).tunnel_ends) << "each direction has a TEID of its own";
  const Packet echo = test::decode_whole(over_udp(2152, joined({0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0}, {})));
  EXPECT_EQ(echo.tunnels, 0);
  EXPECT_EQ(echo.destination_port, 2152);
}

TEST(Tunnel, AnExtensionOfLengthZeroIsMalformed) {
  const FrameBytes frame = over_udp(2152, joined({0x34, 255, 0, 8, 0, 0, 1, 3, 0, 0, 0, 0x85, 0, 0, 0, 0}, {}));
  EXPECT_TRUE(test::decode_whole(frame).has(Anomaly::header_malformed));
}

TEST(Tunnel, MoreThanTheLimitIsTooDeep) {
  FrameBytes packet = kInnerPacket;
  for (unsigned depth = 0; depth <= kMaxTunnels; ++depth) {
    const Packet within = test::decode_whole(test::ethernet(kEthertypeIp, packet));
    EXPECT_EQ(within.tunnels, depth);
    EXPECT_EQ(within.anomalies, 0u);
    packet = test::ip_packet(kA4, kB4, kIpprotoIpv4, packet);
  }
  const Packet beyond = test::decode_whole(test::ethernet(kEthertypeIp, packet));
  EXPECT_EQ(beyond.tunnels, kMaxTunnels);
  EXPECT_TRUE(beyond.has(Anomaly::too_deep));
  EXPECT_EQ(beyond.end, DecodeEnd::too_deep);
}

}  // namespace
}  // namespace holter::wire
