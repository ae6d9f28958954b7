#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/test_frames.h"
#include "wire/test_listing.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kB4;

// UDP behind an IPv4 header with these options, padded with zeros; the sum of UDP is over `last` as destination.
FrameBytes with_options(std::vector<std::uint8_t> options, const base::IpAddress& last = kB4) {
  options.resize((options.size() + 3) / 4 * 4);
  base::ByteWriter udp;
  UdpHeader{7, 8}.emit(udp, test::bytes_of("x"), kA4, last);
  FrameBytes plain = test::ip_packet(kA4, kB4, kIpprotoUdp, udp.view());
  plain.insert(plain.begin() + 20, options.begin(), options.end());
  plain[0] = static_cast<std::uint8_t>(0x45 + options.size() / 4);
  plain[3] = static_cast<std::uint8_t>(plain.size());
  plain[10] = plain[11] = 0;
  const std::uint16_t sum = internet_checksum(Bytes(plain).first(20 + options.size()));
  plain[10] = static_cast<std::uint8_t>(sum >> 8);
  plain[11] = static_cast<std::uint8_t>(sum);
  return test::ethernet(kEthertypeIp, plain);
}

TEST(Ipv4Options, RoutesTimestampsAndTheRest) {
  const auto route = test::listed(with_options({7, 11, 8, 192, 0, 2, 9, 0, 0, 0, 0, 148, 4, 0, 0, 136, 4, 0, 5}));
  EXPECT_EQ(route.packet.anomalies, 0u);
  EXPECT_EQ(route.packet.network_checksum, ChecksumState::good);
  EXPECT_TRUE(route.says("option{ kind=7 name=record_route length=11 pointer=8 address=192.0.2.9 address=0.0.0.0 }"));
  EXPECT_TRUE(route.says("option{ kind=148 name=router_alert length=4 router_alert=0 }"));
  EXPECT_TRUE(route.says("option{ kind=136 name=stream_id length=4 stream_id=5 } option{ kind=0 name=end }"));

  const auto times = test::listed(with_options({68, 12, 13, 0x21, 192, 0, 2, 9, 0, 0, 0, 5}));
  EXPECT_TRUE(times.says("length=12 pointer=13 overflow=2 flag=1 address=192.0.2.9 timestamp=5 }")) << times.text;
  const auto alone = test::listed(with_options({68, 12, 9, 0x00, 0, 0, 0, 6, 0, 0, 0, 0}));
  EXPECT_TRUE(alone.says("length=12 pointer=9 overflow=0 flag=0 timestamp=6 timestamp=0 }"));

  const auto labels = test::listed(with_options({130, 4, 0xab, 0x10, 134, 8, 0, 0, 0, 3, 1, 2, 99, 3, 0xff}));
  EXPECT_TRUE(labels.says("name=security length=4 classification=171 bytes=10 }"));
  EXPECT_TRUE(labels.says("name=cipso length=8 interpretation=3 bytes=0102 } option{ kind=99 length=3 bytes=ff }"));
}

TEST(Ipv4Options, SumsCoverTheEndOfASourceRoute) {
  const base::IpAddress last = base::IpAddress::v4({198, 51, 100, 7});
  const std::vector<std::uint8_t> route{131, 11, 4, 203, 0, 113, 1, 198, 51, 100, 7};
  EXPECT_EQ(test::listed(with_options(route, last)).packet.transport_checksum, ChecksumState::good);
  EXPECT_EQ(test::listed(with_options(route)).packet.transport_checksum, ChecksumState::bad);
  std::vector<std::uint8_t> arrived = route;
  arrived[2] = 12;  // the pointer is behind the route
  EXPECT_EQ(test::listed(with_options(arrived)).packet.transport_checksum, ChecksumState::good);
}

TEST(Ipv4Options, ALengthThatLiesIsAnAnomaly) {
  for (const std::uint8_t length : {0, 1, 13, 255}) {
    EXPECT_TRUE(test::listed(with_options({7, length, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0})).packet.has(Anomaly::bad_option));
  }
}

TEST(Ipv4Options, EveryPrefixDecodes) {
  test::for_every_prefix(with_options({131, 7, 4, 203, 0, 113, 1, 68, 12, 13, 0x21, 192, 0, 2, 9, 0, 0, 0, 5}),
                         [](const test::Listed& cut, std::size_t n) { EXPECT_EQ(cut.packet.anomalies, 0u) << n; });
}

TEST(Ipv4, AHeaderChecksumOfZeroWasLeftToTheDevice) {
  FrameBytes frame = with_options({});
  frame[14 + 10] = frame[14 + 11] = 0;
  const auto said = test::listed(frame);
  EXPECT_EQ(said.packet.network_checksum, ChecksumState::unverified);
  EXPECT_EQ(said.packet.anomalies, 0u);
  frame[14 + 11] = 1;
  EXPECT_TRUE(test::listed(frame).packet.has(Anomaly::bad_network_checksum));
}

}  // namespace
}  // namespace holter::wire
