#include "wire/network/ipv6_extension.h"

#include <gtest/gtest.h>

#include "wire/test_frames.h"
#include "wire/test_listing.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA6;
using test::kB6;
using Octets = std::vector<std::uint8_t>;

const base::IpAddress kC6 = base::IpAddress::v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc});

// An extension header of this number with this content (behind next header and length), then UDP whose sum is over
// `from` and `to`.
FrameBytes extended(std::uint8_t number, Octets content, const base::IpAddress& to = kB6,
                    const base::IpAddress& from = kA6) {
  content.resize((content.size() + 2 + 7) / 8 * 8 - 2);
  base::ByteWriter out;
  out.u8(kIpprotoUdp);
  out.u8(static_cast<std::uint8_t>((content.size() + 2) / 8 - 1));
  out.bytes(content);
  UdpHeader{7, 8}.emit(out, test::bytes_of("x"), from, to);
  return test::ip_frame(kA6, kB6, number, out.view());
}

Octets operator+(Octets a, Bytes b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Ipv6Options, EachIsListedWithWhatBecomesOfItWhenItIsUnknown) {
  const auto said = test::listed(extended(kIpprotoHopopts, {5, 2, 0, 0, 0, 1, 1, 0, 0xa3, 1, 0xee, 4, 1, 9}));
  EXPECT_EQ(said.packet.anomalies, 0u);
  EXPECT_EQ(said.packet.transport_checksum, ChecksumState::good);
  for (const char* part :
       {"ipv6_hop_by_hop{ next_header=17 length=16 option{ type=5 name=router_alert action=0 may_change=0 length=2 "
        "router_alert=0 } ",
        "option{ type=0 name=pad1 } option{ type=1 name=padn action=0 may_change=0 length=1 } ",
        "option{ type=163 action=2 may_change=1 length=1 bytes=ee } ",
        "option{ type=4 name=tunnel_encapsulation_limit action=0 may_change=0 length=1 tunnel_limit=9 } "}) {
    EXPECT_TRUE(said.says(part)) << part << " in " << said.text;
  }
}

TEST(Ipv6Options, SumsCoverAMobileNodesHome) {
  const FrameBytes frame = extended(kIpprotoDstopts, Octets{1, 2, 0, 0, 0xc9, 16} + kC6.bytes(), kB6, kC6);
  const auto said = test::listed(frame);
  EXPECT_EQ(said.packet.transport_checksum, ChecksumState::good);
  EXPECT_TRUE(said.says("name=home_address action=3 may_change=0 length=16 home_address=2001:db8::c }")) << said.text;
}

TEST(Ipv6Options, OfTheWrongLengthOrOutOfTheHeaderIsAnAnomaly) {
  for (const Octets& content :
       {Octets{1, 5, 0, 0, 0, 0}, Octets{0, 0, 0, 0, 0, 1}, Octets{0xc2, 4, 0, 0, 0xff, 0xff}}) {
    EXPECT_TRUE(test::listed(extended(kIpprotoHopopts, content)).packet.has(Anomaly::bad_option));
  }
}

TEST(Ipv6Options, AJumbogramHasTheLengthThatItsOptionSays) {
  base::ByteWriter out;
  out.u8(kIpprotoUdp);
  out.u8(0);
  out.u16(0xc204);
  out.u32(8 + 8 + 70'000);
  UdpHeader{7, 8}.emit(out, {}, kA6, kB6);
  out.zeros(70'020);  // 20 of them are padding
  FrameBytes frame = test::ip_frame(kA6, kB6, kIpprotoHopopts, out.view());
  frame[14 + 4] = frame[14 + 5] = 0;            // payload length
  frame[14 + 48 + 4] = frame[14 + 48 + 5] = 0;  // UDP length
  const auto said = test::listed(frame);
  EXPECT_EQ(said.packet.payload_length, 70'000u);
  EXPECT_TRUE(said.says("jumbo_length=70016"));
  frame.resize(60'000);
  EXPECT_TRUE(test::listed(frame).packet.has(Anomaly::length_beyond_frame));
}

TEST(Ipv6Routing, SumsCoverTheLastHopOfEveryType) {
  const Octets zeros(4, 0);
  const FrameBytes source_route = extended(kIpprotoRouting, Octets{0, 2} + zeros + kA6.bytes() + kC6.bytes(), kC6);
  const FrameBytes mobile = extended(kIpprotoRouting, Octets{2, 1} + zeros + kC6.bytes(), kC6);
  const FrameBytes segments =
      extended(kIpprotoRouting, Octets{4, 1, 1, 0, 0, 9} + kC6.bytes() + kA6.bytes() + Octets{5, 1, 0xaa, 0, 0}, kC6);
  // RPL: all addresses share 15 bytes with the destination, which two bytes then say; 6 of padding.
  const FrameBytes rpl = extended(kIpprotoRouting, Octets{3, 2, 0xff, 0x60, 0, 0, 0x0b, 0x0c, 0, 0, 0, 0, 0, 0}, kC6);
  for (const FrameBytes& frame : {source_route, mobile, segments, rpl}) {
    const auto said = test::listed(frame);
    EXPECT_EQ(said.packet.transport_checksum, ChecksumState::good) << said.text;
    EXPECT_EQ(said.packet.anomalies, 0u);
    EXPECT_TRUE(said.says("address=2001:db8::c "));
    test::for_every_prefix(frame,
                           [](const test::Listed& cut, std::size_t n) { EXPECT_EQ(cut.packet.anomalies, 0u) << n; });
  }
  EXPECT_TRUE(test::listed(segments).says(
      "type=4 segments_left=1 last_entry=1 flags=0 tag=9 address=2001:db8::c address=2001:db8::1 "
      "tlv{ type=5 length=1 bytes=aa } tlv{ type=0 } "));
  EXPECT_TRUE(test::listed(rpl).says("prefix_elided=15 last_elided=15 address=2001:db8::b address=2001:db8::c }"));
}

TEST(Ipv6Routing, AtItsEndTheHeaderHasTheDestination) {
  const FrameBytes frame = extended(kIpprotoRouting, Octets{0, 0, 0, 0, 0, 0} + kC6.bytes());
  EXPECT_EQ(test::listed(frame).packet.transport_checksum, ChecksumState::good);
}

TEST(Ipv6Routing, MoreSegmentsThanAddressesIsAnAnomaly) {
  for (const std::uint8_t type : {0, 2, 3, 4}) {
    const FrameBytes frame = extended(kIpprotoRouting, Octets{type, 9, 9, 0, 0, 0} + kC6.bytes());
    EXPECT_TRUE(test::listed(frame).packet.has(Anomaly::bad_option)) << int{type};
  }
}

TEST(Ipv6Extension, TheMostHeadersThatFitAreTooManyAndEndSoon) {
  base::ByteWriter chain;
  for (int i = 0; i < 255; ++i) {
    chain.u8(kIpprotoDstopts);
    chain.zeros(7);
  }
  const auto said = test::listed(test::ip_frame(kA6, kB6, kIpprotoDstopts, chain.view()));
  EXPECT_TRUE(said.packet.has(Anomaly::too_deep));
  EXPECT_EQ(said.packet.layers, kMaxLayers);
}

TEST(Ipv6Extension, AHeaderFullOfOptionsIsWithinTheBudget) {
  base::ByteWriter chain;
  for (int i = 0; i < 12; ++i) {
    chain.u8(kIpprotoDstopts);
    chain.u8(255);
    for (int option = 0; option < 1'023; ++option) chain.u16(0x7f00);
  }
  const auto said = test::listed(test::ip_frame(kA6, kB6, kIpprotoDstopts, chain.view()));
  EXPECT_TRUE(said.packet.has(Anomaly::over_budget));
}

TEST(Ipsec, AhIsSteppedOverAndEspIsTheEnd) {
  base::ByteWriter out;
  out.u8(kIpprotoUdp);
  out.u8(4);  // 24 bytes
  out.u16(0);
  out.u32(0x1234);
  out.u32(5);
  out.zeros(11);
  out.u8(0xff);
  UdpHeader{7, 8}.emit(out, test::bytes_of("x"), test::kA4, test::kB4);
  const auto ah = test::listed(test::ip_frame(test::kA4, test::kB4, kIpprotoAh, out.view()));
  EXPECT_TRUE(ah.says("ah{ next_header=17 length=24 spi=4660 sequence=5 icv=0000000000000000000000ff } udp{"));
  EXPECT_EQ(ah.packet.transport_checksum, ChecksumState::good);
  EXPECT_EQ(ah.packet.ip_protocol, kIpprotoUdp);

  const Octets esp{0, 0, 0, 9, 0, 0, 0, 3, 1, 2, 3};
  const auto said = test::listed(test::ip_frame(kA6, kB6, kIpprotoEsp, esp));
  EXPECT_TRUE(said.says("esp{ spi=9 sequence=3 payload_length=3 "));
  EXPECT_EQ(said.packet.payload_length, 3u);
  EXPECT_EQ(said.packet.end, DecodeEnd::complete);
}

TEST(Ipv6Control, MobilityHipAndShim6) {
  const Octets update{59, 1, 5, 0, 0x12, 0x34, 0, 7, 0xc0, 0, 0, 10, 0, 0, 0, 0};
  const auto mobility = test::listed(test::ip_frame(kA6, kB6, kIpprotoMh, update));
  EXPECT_TRUE(
      mobility.says("ipv6_mobility{ next_header=59 length=16 type=5 name=binding_update checksum=4660 sequence=7 "
                    "flags=49152 lifetime=40 "))
      << mobility.text;
  EXPECT_EQ(mobility.packet.end, DecodeEnd::complete);

  Octets i1{59, 4, 1, 0x11, 0, 0, 0, 0};
  i1.resize(40, 0xaa);
  const auto hip = test::listed(test::ip_frame(test::kA4, test::kB4, kIpprotoHip, i1));
  EXPECT_TRUE(hip.says("hip{ next_header=59 length=40 type=1 version=1 "));

  const auto shim6 = test::listed(test::ip_frame(kA6, kB6, kIpprotoShim6, Octets{59, 0, 0x80, 0, 0, 0, 0, 5}));
  EXPECT_TRUE(shim6.says("shim6{ next_header=59 length=8 payload=1 context=5 "));
  const auto in_ipv4 = test::listed(test::ip_frame(test::kA4, test::kB4, kIpprotoMh, update));
  EXPECT_EQ(in_ipv4.packet.end, DecodeEnd::unknown_ip_protocol);
}

}  // namespace
}  // namespace holter::wire
