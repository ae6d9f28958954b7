#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/test_frames.h"
#include "wire/test_listing.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kA6;
using test::kB4;
using test::kB6;
using Octets = std::vector<std::uint8_t>;

// A message with its checksum.
FrameBytes icmp(Octets message) {
  const std::uint16_t sum = internet_checksum(message);
  message[2] = static_cast<std::uint8_t>(sum >> 8);
  message[3] = static_cast<std::uint8_t>(sum);
  return test::ip_frame(kA4, kB4, kIpprotoIcmp, message);
}

FrameBytes icmpv6(Octets message) {
  ChecksumSum sum;
  sum.add_pseudo_header(kA6.bytes(), kB6.bytes(), kIpprotoIcmpv6, static_cast<std::uint32_t>(message.size()));
  sum.add(message);
  message[2] = static_cast<std::uint8_t>(sum.finish() >> 8);
  message[3] = static_cast<std::uint8_t>(sum.finish());
  return test::ip_frame(kA6, kB6, kIpprotoIcmpv6, message);
}

Octets operator+(Octets a, Bytes b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

void expect_says(const FrameBytes& frame, std::string_view part) {
  const auto said = test::listed(frame);
  EXPECT_TRUE(said.says(part)) << part << " in " << said.text;
  EXPECT_EQ(said.packet.transport_checksum, ChecksumState::good);
  EXPECT_EQ(said.packet.anomalies | said.flaws, 0u);
  test::for_every_prefix(frame, [](const test::Listed& cut, std::size_t n) {
    EXPECT_EQ(cut.packet.anomalies | cut.flaws, 0u) << n << " " << cut.text;
  });
}

TEST(Icmp, QuestionsAndAnswers) {
  expect_says(icmp({8, 0, 0, 0, 0, 7, 0, 9, 'x'}), "checksum_state=good id=7 sequence=9 ");
  expect_says(icmp({13, 0, 0, 0, 0, 7, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}),
              "id=7 sequence=9 originate_timestamp=1 receive_timestamp=2 transmit_timestamp=3 ");
  expect_says(icmp({18, 0, 0, 0, 0, 7, 0, 9, 255, 255, 255, 0}), "id=7 sequence=9 address_mask=255.255.255.0 ");
  expect_says(icmp({43, 0, 0, 0, 0, 7, 9, 0x44}), "id=7 sequence=9 state=2 active=1 ");
}

TEST(Icmp, RoutersOfAnAdvertisement) {
  expect_says(
      icmp({9, 0, 0, 0, 2, 2, 7, 8, 192, 0, 2, 1, 0, 0, 0, 0, 192, 0, 2, 2, 0xff, 0xff, 0xff, 0xff}),
      "router_count=2 entry_size=2 lifetime=1800 router=192.0.2.1 router=192.0.2.2 preference=0 preference=-1 ");
  EXPECT_TRUE(
      test::listed(icmp({9, 0, 0, 0, 200, 2, 7, 8, 192, 0, 2, 1, 0, 0, 0, 0})).has_flaw(Anomaly::malformed_payload));
}

Octets quoted_udp() {
  base::ByteWriter udp;
  UdpHeader{33'000, 33'434}.emit(udp, {}, kB4, kA4);
  return test::ip_packet(kB4, kA4, kIpprotoUdp, udp.view());
}

TEST(Icmp, ErrorsSayWhatTheyAddToTheirQuote) {
  expect_says(icmp(Octets{3, 4, 0, 0, 0, 0, 5, 0x78} + quoted_udp()), "quoted_length=0 mtu=1400 quoted{ ipv4{ ");
  expect_says(icmp(Octets{5, 1, 0, 0, 192, 0, 2, 9} + quoted_udp()), "gateway=192.0.2.9 quoted{ ");
  expect_says(icmp(Octets{12, 0, 0, 0, 20, 0, 0, 0} + quoted_udp()), "quoted_length=0 pointer=20 ");
}

// Time exceeded with a quote padded to 128 bytes, then MPLS labels and an interface.
Octets with_extension(std::uint8_t length_at, std::uint8_t words) {
  Octets quote = quoted_udp();
  quote.resize(128);
  Octets extension{0x20, 0,  0, 0,                                                     // version 2
                   0,    12, 1, 1,    0x00, 0x06, 0x4a, 0x01, 0x00, 0x06, 0x5b, 0xff,  // labels 100 and 101
                   0,    20, 2, 0x0e, 0,    0,    0,    3,    0,    1,    0,    0,    192,
                   0,    2,  5, 4,    'e',  't',  'h',  0,    6,    9,    1,    0xab, 0xcd};
  const std::uint16_t sum = internet_checksum(extension);
  extension[2] = static_cast<std::uint8_t>(sum >> 8);
  extension[3] = static_cast<std::uint8_t>(sum);
  Octets head{11, 0, 0, 0, 0, 0, 0, 0};
  head[length_at] = words;
  return head + quote + extension;
}

TEST(Icmp, ExtensionsWithTheirLengthSaidAndNot) {
  for (const std::uint8_t words : {32, 0}) {
    const FrameBytes frame = icmp(with_extension(5, words));
    expect_says(frame, "extension_version=2 ");
    expect_says(frame,
                "object{ class=1 type=1 length=12 label=100 label=101 traffic_class=5 traffic_class=5 bottom=0 "
                "bottom=1 ttl=1 ttl=255 } object{ class=2 type=14 length=20 role=0 interface_index=3 "
                "address=192.0.2.5 interface_name='eth' } object{ class=9 type=1 length=6 bytes=abcd } quoted{ ");
  }
  Octets v6 = with_extension(4, 16);
  v6[0] = 3;
  expect_says(icmpv6(v6), "quoted_length=128 extension_version=2 extension_checksum=");
}

TEST(Icmp, AnObjectThatLiesIsAFlaw) {
  for (const std::uint8_t length : {0, 3, 255}) {
    Octets message = with_extension(5, 32);
    message[8 + 128 + 5] = length;
    EXPECT_TRUE(test::listed(icmp(message)).has_flaw(Anomaly::bad_option));
  }
  Octets old = with_extension(5, 0);
  old[8 + 128 + 2] ^= 1;  // without the length, a wrong checksum says that this is no extension
  EXPECT_FALSE(test::listed(icmp(old)).says("extension"));
}

TEST(Icmp, AQuoteThatQuotesIsReadOnce) {
  Octets inner = quoted_udp();
  for (int i = 0; i < 20; ++i) {
    inner = test::ip_packet(kA4, kB4, kIpprotoIcmp, Octets{3, 1, 0, 0, 0, 0, 0, 0} + inner);
  }
  const auto said = test::listed(icmp(Octets{3, 1, 0, 0, 0, 0, 0, 0} + inner));
  EXPECT_TRUE(said.says("quoted{ ipv4{ "));
  EXPECT_EQ(said.text.find("quoted{", said.text.find("quoted{") + 1), std::string::npos);
}

TEST(Icmpv6, ErrorsAndEchoes) {
  expect_says(icmpv6({2, 0, 0, 0, 0, 0, 5, 0}), "mtu=1280 ");
  expect_says(icmpv6({4, 1, 0, 0, 0, 0, 0, 6}), "pointer=6 ");
  expect_says(icmpv6({129, 0, 0, 0, 0, 7, 0, 9}), "id=7 sequence=9 ");
}

TEST(Icmpv6, RouterAdvertisementWithItsOptions) {
  const Octets head{134, 0, 0, 0, 64, 0xc8, 0x07, 0x08, 0, 0, 0, 1, 0, 0, 0, 2};
  const Octets link{1, 1, 2, 0, 0, 0, 0, 1};
  const Octets prefix = Octets{3, 4, 64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x07, 0x08, 0, 0, 0, 0} + kA6.bytes();
  const Octets mtu{5, 1, 0, 0, 0, 0, 5, 0xdc};
  const Octets servers = Octets{25, 5, 0, 0, 0, 0, 0, 60} + kA6.bytes() + kB6.bytes();
  const Octets names{31, 3, 0, 0, 0, 0, 0, 61, 2, 'a', 'b', 3, 'c', 'o', 'm', 0, 1, 'x', 0, 0, 0, 0, 0, 0};
  const Octets route{24, 2, 32, 0x08, 0, 0, 0, 62, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0};
  const Octets rest{14, 1, 1, 2,    3, 4,    5,    6,    99, 1, 0, 0, 0, 0, 0, 1,
                    38, 2, 0, 0x10, 0, 0x64, 0xff, 0x9b, 0,  0, 0, 0, 0, 0, 0, 0};
  const FrameBytes frame = icmpv6(head + link + prefix + mtu + servers + names + route + rest);
  for (const char* part :
       {"cur_hop_limit=64 managed=1 other_config=1 home_agent=0 preference=1 proxy=0 router_lifetime=1800 "
        "reachable_time=1 retrans_timer=2 option{ type=1 name=source_link_address length=8 mac=020000000001 } ",
        "option{ type=3 name=prefix length=32 prefix_length=64 on_link=1 autonomous=1 router_address=0 "
        "valid_lifetime=3600 preferred_lifetime=1800 prefix=2001:db8::1 } ",
        "option{ type=5 name=mtu length=8 mtu=1500 } ",
        "option{ type=25 name=dns_servers length=40 lifetime=60 server=2001:db8::1 server=2001:db8::2 } ",
        "option{ type=31 name=dns_names length=24 lifetime=61 domain='ab.com' domain='x' } ",
        "option{ type=24 name=route length=16 prefix_length=32 preference=1 lifetime=62 prefix=2001:db8:: } ",
        "option{ type=14 name=nonce length=8 nonce=010203040506 } option{ type=99 length=8 bytes=000000000001 } ",
        "option{ type=38 name=nat64_prefix length=16 prefix_length=96 lifetime=16 prefix=64:ff9b:: } "}) {
    expect_says(frame, part);
  }
}

TEST(Icmpv6, NeighboursAndRedirects) {
  expect_says(icmpv6(Octets{135, 0, 0, 0, 0, 0, 0, 0} + kB6.bytes() + Octets{1, 1, 2, 0, 0, 0, 0, 1}),
              "target=2001:db8::2 option{ type=1 name=source_link_address length=8 mac=020000000001 } ");
  expect_says(icmpv6(Octets{136, 0, 0, 0, 0x60, 0, 0, 0} + kB6.bytes()),
              "router=0 solicited=1 override=1 target=2001:db8::2 ");
  expect_says(
      icmpv6(Octets{137, 0, 0, 0, 0, 0, 0, 0} + kA6.bytes() + kB6.bytes() + Octets{4, 2, 0, 0, 0, 0, 0, 0} +
             Octets(8, 0x60)),
      "target=2001:db8::1 destination=2001:db8::2 option{ type=4 name=redirected length=16 redirected_length=8 ");
}

TEST(Icmpv6, AnOptionThatLiesIsAnAnomaly) {
  for (const std::uint8_t length : {0, 3}) {
    const Octets message = Octets{135, 0, 0, 0, 0, 0, 0, 0} + kB6.bytes() + Octets{1, length, 2, 0, 0, 0, 0, 1};
    const auto said = test::listed(icmpv6(message));
    EXPECT_TRUE(said.packet.has(Anomaly::bad_option));
    const FrameBytes frame = icmpv6(message);
    EXPECT_TRUE(decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet).has(Anomaly::bad_option));
  }
  const Octets names{31, 2, 0, 0, 0, 0, 0, 61, 60, 'a', 'b', 3, 'c', 'o', 'm', 0};
  EXPECT_TRUE(test::listed(icmpv6(Octets{133, 0, 0, 0, 0, 0, 0, 0} + names)).has_flaw(Anomaly::malformed_payload));
}

TEST(Icmpv6, ListenersOfBothVersions) {
  const base::IpAddress group = base::IpAddress::v6({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb});
  expect_says(icmpv6(Octets{130, 0, 0, 0, 0x27, 0x10, 0, 0} + group.bytes()), "max_response=10000 group=ff02::fb ");
  expect_says(icmpv6(Octets{132, 0, 0, 0, 0, 0, 0, 0} + group.bytes()), "max_response=0 group=ff02::fb ");
  expect_says(icmpv6(Octets{130, 0, 0, 0, 0x80, 0x01, 0, 0} + group.bytes() + Octets{0x0a, 0x81, 0, 1} + kA6.bytes()),
              "max_response=32776 group=ff02::fb suppress=1 robustness=2 query_interval=136 source_count=1 "
              "source=2001:db8::1 ");
  expect_says(icmpv6(Octets{143, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0} + group.bytes() + Octets{1, 1, 0, 1} + group.bytes() +
                     kA6.bytes() + Octets{0, 0, 0, 0}),
              "record_count=2 record{ type=4 aux_length=0 group=ff02::fb source_count=0 } record{ type=1 aux_length=4 "
              "group=ff02::fb source_count=1 source=2001:db8::1 } ");
  EXPECT_TRUE(test::listed(icmpv6(Octets{143, 0, 0, 0, 0, 0, 0, 9, 4, 0, 0, 0} + group.bytes()))
                  .has_flaw(Anomaly::malformed_payload));
}

FrameBytes igmp(Octets message) {
  const std::uint16_t sum = internet_checksum(message);
  message[2] = static_cast<std::uint8_t>(sum >> 8);
  message[3] = static_cast<std::uint8_t>(sum);
  return test::ip_frame(kA4, kB4, kIpprotoIgmp, message);
}

TEST(Igmp, TheVersionIsToldByTypeAndLength) {
  expect_says(igmp({0x11, 0, 0, 0, 0, 0, 0, 0}), "version=1 type=17 name=query checksum=");
  expect_says(igmp({0x11, 100, 0, 0, 224, 0, 0, 1}), "version=2 type=17 name=query max_response=100 checksum=");
  expect_says(igmp({0x16, 0, 0, 0, 224, 0, 0, 9}), "version=2 type=22 name=report_v2 ");
  expect_says(igmp({0x17, 0, 0, 0, 224, 0, 0, 9}), "name=leave ");
  expect_says(igmp({0x11, 0x9f, 0, 0, 224, 0, 0, 9, 0x0a, 0x80, 0, 1, 192, 0, 2, 7}),
              "version=3 type=17 name=query max_response=496 ");
  expect_says(igmp({0x11, 0x9f, 0, 0, 224, 0, 0, 9, 0x0a, 0x80, 0, 1, 192, 0, 2, 7}),
              "group=224.0.0.9 suppress=1 robustness=2 query_interval=128 source_count=1 source=192.0.2.7 ");
}

TEST(Igmp, RecordsOfAReport) {
  expect_says(igmp({0x22, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0, 224, 0, 0, 9, 6, 0, 0, 1, 224, 0, 0, 10, 192, 0, 2, 7}),
              "record_count=2 record{ type=4 aux_length=0 group=224.0.0.9 source_count=0 } record{ type=6 aux_length=0 "
              "group=224.0.0.10 source_count=1 source=192.0.2.7 } ");
  EXPECT_TRUE(test::listed(igmp({0x22, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0xff, 0, 224, 0, 0, 9}))
                  .has_flaw(Anomaly::malformed_payload));
  EXPECT_TRUE(test::listed(igmp({0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9})).has_flaw(Anomaly::malformed_payload));
  FrameBytes bad = igmp({0x16, 0, 0, 0, 224, 0, 0, 9});
  bad.back() ^= 1;
  EXPECT_TRUE(test::listed(bad).packet.has(Anomaly::bad_transport_checksum));
}

}  // namespace
}  // namespace holter::wire
