// The smaller protocols of the link: LACP, ARP of other kinds, MPLS, PPPoE, PPP and Cisco HDLC.
#include <gtest/gtest.h>

#include "wire/link/lacp.h"
#include "wire/link/ppp.h"
#include "wire/test_fields.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kA6;
using test::kB4;
using test::kB6;

void put(base::ByteWriter& out, std::initializer_list<std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) out.u8(byte);
}

FrameBytes bare(std::initializer_list<std::uint8_t> header, Bytes inside) {
  base::ByteWriter out;
  put(out, header);
  out.bytes(inside);
  return out.take();
}

FrameBytes behind(std::uint16_t ether_type, std::initializer_list<std::uint8_t> header, Bytes inside = {}) {
  return test::ethernet(ether_type, bare(header, inside));
}

FrameBytes lacp() {
  base::ByteWriter out;
  put(out, {1, 1});
  for (const std::uint8_t end : {1, 2}) {
    put(out, {end, 20, 0x80, 0x00, 2, 0, 0, 0, 0, end, 0, 13, 0x80, 0x01, 0, 22, 0x3d, 0, 0, 0});
  }
  put(out, {3, 16, 0, 50});
  out.zeros(12 + 52);
  return test::ethernet(kEthertypeSlow, out.view());
}

TEST(Lacp, BothEnds) {
  const std::string flags =
      " state=61 activity=yes timeout=no aggregation=yes synchronization=yes collecting=yes distributing=yes "
      "defaulted=no expired=no] ";
  EXPECT_EQ(test::listed(lacp(), Protocol::lacp),
            "lacp subtype=1 version=1 [actor system_priority=32768 system=020000000001 key=13 port_priority=32769 "
            "port=22" +
                flags + "[partner system_priority=32768 system=020000000002 key=13 port_priority=32769 port=22" +
                flags + "collector_max_delay=50");
  test::expect_stands_cutting(lacp());
  FrameBytes odd = lacp();
  odd[14 + 3] = 21;
  EXPECT_TRUE(test::decode_whole(odd).has(Anomaly::bad_option));
}

TEST(Lacp, MarkersAndOam) {
  const FrameBytes marker = behind(kEthertypeSlow, {2, 1, 1, 16, 0, 5, 2, 0, 0, 0, 0, 9, 0, 0, 1, 0, 0, 0});
  EXPECT_EQ(test::listed(marker, Protocol::lacp),
            "lacp subtype=2 version=1 marker_type=1 marker_port=5 marker_system=020000000009 marker_transaction=256");
  EXPECT_EQ(test::listed(behind(kEthertypeSlow, {3, 0, 0x50}), Protocol::lacp), "lacp subtype=3");
}

TEST(Arp, OtherKindsByTheirLengths) {
  EXPECT_EQ(test::listed(behind(kEthertypeArp, {0, 15, 8, 0, 2, 4, 0, 8, 0x11, 0x22, 192, 0, 2, 1, 0, 0, 192, 0, 2, 2}),
                         Protocol::arp),
            "arp hardware_type=15 protocol_type=2048 hardware_length=2 protocol_length=4 operation=8 "
            "sender_hardware=1122 sender=192.0.2.1 target_hardware=0000 target=192.0.2.2");
  const FrameBytes reverse =
      behind(0x8035, {0, 1, 8, 0, 6, 4, 0, 3, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9, 9});
  EXPECT_TRUE(
      test::listed(reverse, Protocol::arp)
          .ends_with("operation=3 sender_mac=020000000001 sender=0.0.0.0 target_mac=020000000001 target=0.0.0.0"));
  EXPECT_EQ(test::decode_whole(reverse).payload_length, 0u) << "the rest is padding";
  EXPECT_TRUE(test::decode_whole(behind(kEthertypeArp, {0, 1, 8, 0, 200, 4, 0, 1, 1})).has(Anomaly::header_malformed));
  test::expect_stands_cutting(reverse);
}

TEST(Vlan, EveryTagTypeAndManyOfThem) {
  FrameBytes frame = test::udp_frame({kA4, 1}, {kB4, 2}, "x");
  for (const std::uint16_t type : {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300}) frame = test::tagged(frame, type, 0x3005);
  const Packet packet = test::decode_whole(frame);
  EXPECT_EQ(packet.vlan_count, 5);
  EXPECT_TRUE(packet.has(Protocol::udp));
}

TEST(Mpls, AStackAndWhatFollows) {
  const FrameBytes ip = test::ip_packet(kA4, kB4, 253, test::bytes_of("x"));
  const FrameBytes frame = behind(kEthertypeMpls, {0, 1, 0x06, 63, 0, 2, 0x01, 62}, ip);
  EXPECT_TRUE(test::listed(frame, Protocol::mpls)
                  .starts_with("mpls label=16 traffic_class=3 bottom=no ttl=63 mpls label=32 traffic_class=0 "
                               "bottom=yes ttl=62 ipv4 "));
  EXPECT_EQ(test::decode_whole(frame).source_address(), kA4);
  EXPECT_EQ(test::decode_whole(frame).ether_type, kEthertypeIp);
  EXPECT_TRUE(
      test::decode_whole(behind(0x8848, {0, 0, 0x21, 9}, test::ip_packet(kA6, kB6, 59, {}))).has(Protocol::ipv6))
      << "explicit null of IPv6";
  test::expect_stands_cutting(frame);
}

TEST(Mpls, EthernetInAPseudoWire) {
  const FrameBytes inner = test::udp_frame({kA4, 1}, {kB4, 2}, "x");
  EXPECT_TRUE(test::decode_whole(behind(kEthertypeMpls, {0, 1, 1, 63}, inner)).has(Protocol::udp));
  const FrameBytes word = behind(kEthertypeMpls, {0, 1, 1, 63, 0, 0, 0, 7}, inner);
  EXPECT_TRUE(test::decode_whole(word).has(Protocol::udp));
  EXPECT_TRUE(test::listed(word, Protocol::mpls)
                  .starts_with("mpls label=16 traffic_class=0 bottom=yes ttl=63 control_sequence=7 ethernet "));
  const Packet other = test::decode_whole(behind(kEthertypeMpls, {0, 1, 1, 63}, test::bytes_of("\x10neither of all")));
  EXPECT_EQ(other.end, DecodeEnd::complete);
  EXPECT_EQ(other.anomalies, 0u);
}

TEST(Pppoe, DiscoveryTags) {
  const FrameBytes frame = behind(kEthertypePppoeDiscovery,
                                  {0x11, 0x07, 0, 0, 0, 32,  1,   1,   0,   0, 1, 2, 0, 2, 'a', 'c', 1, 3, 0, 2, 0xab,
                                   0xcd, 2,    3, 0, 4, 'b', 'a', 'd', '!', 0, 0, 0, 0, 0, 0,   0,   0, 0, 0, 0});
  EXPECT_EQ(test::listed(frame, Protocol::pppoe),
            "pppoe version=1 type=1 code=7 session_id=0 length=32 [tag type=257 length=0 service=\"\"] "
            "[tag type=258 length=2 concentrator=\"ac\"] [tag type=259 length=2 value=abcd] "
            "[tag type=515 length=4 error=\"bad!\"] [tag type=0 length=0]");
  test::expect_stands_cutting(frame);
  EXPECT_TRUE(
      test::decode_whole(behind(kEthertypePppoeDiscovery, {0x11, 9, 0, 0, 0, 4, 1, 1, 0, 9})).has(Anomaly::bad_option));
}

TEST(Pppoe, SessionsCarryPpp) {
  const FrameBytes ip = test::ip_packet(kA4, kB4, 253, test::bytes_of("x"));
  const auto length = static_cast<std::uint8_t>(ip.size() + 2);
  const FrameBytes frame = behind(kEthertypePppoeSession, {0x11, 0, 0, 7, 0, length, 0x00, 0x21}, ip);
  EXPECT_TRUE(test::listed(frame, Protocol::pppoe)
                  .starts_with("pppoe version=1 type=1 code=0 session_id=7 length=23 ppp protocol=33 ipv4 "));
  EXPECT_EQ(test::decode_whole(frame).source_address(), kA4);
  EXPECT_TRUE(test::decode_whole(bare({0x11, 0, 0, 7, 0, length, 0x00, 0x21}, ip), nullptr, LinkType::pppoe)
                  .has(Protocol::ipv4));
  test::expect_stands_cutting(frame);
}

TEST(Ppp, FramedOrNotAndWithAShortProtocol) {
  const FrameBytes ip = test::ip_packet(kA6, kB6, 59, {});
  EXPECT_TRUE(test::listed(bare({0xff, 3, 0, 0x57}, ip), Protocol::ppp, LinkType::ppp)
                  .starts_with("ppp address=255 control=3 protocol=87 ipv6 "));
  EXPECT_TRUE(test::decode_whole(bare({0, 0x57}, ip), nullptr, LinkType::ppp).has(Protocol::ipv6));
  EXPECT_TRUE(test::decode_whole(bare({0x57}, ip), nullptr, LinkType::ppp).has(Protocol::ipv6));
  EXPECT_EQ(test::listed(bare({0xff, 3, 0xc0, 0x21, 9, 3, 0, 8, 1, 2, 3, 4, 0, 0}, {}), Protocol::ppp, LinkType::ppp),
            "ppp address=255 control=3 protocol=49185 code=9 id=3 length=8");
  const Packet other = test::decode_whole(bare({0xff, 3, 0xc0, 0x25, 1}, {}), nullptr, LinkType::ppp);
  EXPECT_EQ(other.end, DecodeEnd::unknown_ppp_protocol);
  EXPECT_EQ(other.unknown, 0xc025);
  test::expect_stands_cutting(bare({0xff, 3, 0, 0x57}, ip), LinkType::ppp);
}

TEST(CiscoHdlc, EtherTypesAndNumbersOfItsOwn) {
  const FrameBytes ip = test::ip_packet(kA4, kB4, 253, test::bytes_of("x"));
  for (const LinkType link : {LinkType::cisco_hdlc, LinkType::ppp}) {
    EXPECT_TRUE(test::listed(bare({0x0f, 0, 8, 0}, ip), Protocol::cisco_hdlc, link)
                    .starts_with("cisco_hdlc address=15 control=0 protocol=2048 ipv4 "));
  }
  EXPECT_FALSE(
      test::decode_whole(bare({0x8f, 0, 0x80, 0x35, 0, 0, 0, 2}, {}), nullptr, LinkType::cisco_hdlc).has(Protocol::arp))
      << "SLARP has RARP's number";
  test::expect_stands_cutting(bare({0x0f, 0, 8, 0}, ip), LinkType::cisco_hdlc);
}

}  // namespace
}  // namespace holter::wire
