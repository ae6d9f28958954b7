#include "wire/transport/sctp.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/test_frames.h"
#include "wire/test_listing.h"
#include "wire/transport/udp_lite.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kA6;
using test::kB4;
using test::kB6;
using Octets = std::vector<std::uint8_t>;

FrameBytes sctp(const Octets& chunks) {
  Octets packet{0x0b, 0x59, 0x0b, 0x5a, 0, 0, 0, 9, 0, 0, 0, 0};
  packet.insert(packet.end(), chunks.begin(), chunks.end());
  const std::uint32_t sum = sctp_checksum(packet);
  for (unsigned i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
  return test::ip_frame(kA4, kB4, kIpprotoSctp, packet);
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

TEST(Sctp, TheHeaderAndItsCrc) {
  const FrameBytes frame = sctp({11, 0, 0, 4});
  expect_says(frame, "sctp{ src_port=2905 dst_port=2906 verification_tag=9 checksum=");
  expect_says(frame, "checksum_state=good chunk{ type=11 name=cookie_ack flags=0 length=4 } ");
  const Packet packet = test::listed(frame).packet;
  EXPECT_EQ(packet.source_port, 2'905);
  EXPECT_EQ(packet.destination_port, 2'906);
  FrameBytes bad = frame;
  bad.back() ^= 1;
  EXPECT_TRUE(test::listed(bad).packet.has(Anomaly::bad_transport_checksum));
  std::fill_n(bad.begin() + 14 + 20 + 8, 4, 0);
  EXPECT_EQ(test::listed(bad).packet.transport_checksum, ChecksumState::unverified);
}

// CRC32C of RFC 3720, B.4: 32 bytes of zeros give 8a9136aa, sent lowest byte first.
TEST(Sctp, TheCrcIsSentLowestByteFirst) { EXPECT_EQ(sctp_checksum(Octets(32, 0)), 0xaa36918aU); }

TEST(Sctp, DataInitAndSack) {
  expect_says(sctp({0, 3, 0, 17, 0, 0, 0, 5, 0, 1, 0, 2, 0, 0, 0, 46, 'x', 0, 0, 0}),
              "chunk{ type=0 name=data flags=3 length=17 tsn=5 stream=1 stream_sequence=2 payload_protocol=46 } ");
  expect_says(sctp({1, 0, 0, 32, 0,   0, 0, 5, 0,    0, 0xff, 0xff, 0, 10, 0, 20, 0, 0, 0, 7,  //
                    0, 5, 0, 8,  192, 0, 2, 1, 0x80, 0, 0,    4}),
              "chunk{ type=1 name=init flags=0 length=32 initiate_tag=5 receiver_window=65535 outbound_streams=10 "
              "inbound_streams=20 initial_tsn=7 parameter{ type=5 length=8 address=192.0.2.1 } parameter{ type=32768 "
              "length=4 bytes= } } ");
  expect_says(sctp({3, 0, 0, 24, 0, 0, 0, 5, 0, 0, 1, 0, 0, 1, 0, 1, 0, 2, 0, 3, 0, 0, 0, 4}),
              "chunk{ type=3 name=sack flags=0 length=24 cumulative_tsn=5 receiver_window=256 gap_start=2 gap_end=3 "
              "duplicate_tsn=4 } ");
}

TEST(Sctp, AbortsCausesAndUnknownChunks) {
  expect_says(sctp({6, 0, 0, 12, 0, 12, 0, 5, 'w', 0, 0, 0}), "chunk{ type=6 name=abort flags=0 length=12 cause=12 } ");
  expect_says(sctp({77, 1, 0, 4, 7, 0, 0, 8, 0, 0, 0, 9}),
              "chunk{ type=77 flags=1 length=4 } chunk{ type=7 name=shutdown flags=0 length=8 cumulative_tsn=9 } ");
}

TEST(Sctp, AChunkThatLiesIsAnAnomaly) {
  for (const Octets& chunks : {Octets{0, 0, 0, 0}, Octets{0, 0, 0, 3}, Octets{0, 0, 0, 200, 1, 2}, Octets{0, 0}}) {
    const FrameBytes frame = sctp(chunks);
    EXPECT_TRUE(test::listed(frame).packet.has(Anomaly::header_malformed));
    EXPECT_TRUE(
        decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet).has(Anomaly::header_malformed));
  }
}

// A sum over the first bytes only.
FrameBytes udp_lite(std::uint16_t coverage, std::size_t covered) {
  base::ByteWriter out;
  out.u16(7);
  out.u16(8);
  out.u16(coverage);
  out.u16(0);
  out.text("payload");
  ChecksumSum sum;
  sum.add_pseudo_header(kA6.bytes(), kB6.bytes(), kIpprotoUdplite, static_cast<std::uint32_t>(out.size()));
  sum.add(out.view().first(covered));
  out.patch_u16(6, sum.finish());
  return test::ip_frame(kA6, kB6, kIpprotoUdplite, out.view());
}

TEST(UdpLite, OnlyWhatIsCoveredIsSummed) {
  expect_says(udp_lite(0, 15), "udp_lite{ src_port=7 dst_port=8 coverage=0 checksum=");
  FrameBytes frame = udp_lite(10, 10);
  frame.back() ^= 1;
  const auto said = test::listed(frame);
  EXPECT_TRUE(said.says("coverage=10 ") && said.says("checksum_state=good payload_length=7 "));
  EXPECT_EQ(said.packet.source_port, 7);
  frame[14 + 40 + 9] ^= 1;
  EXPECT_TRUE(test::listed(frame).packet.has(Anomaly::bad_transport_checksum));
  const Bytes cut = Bytes(frame).first(14 + 40 + 9);
  EXPECT_EQ(test::listed(cut, frame.size()).packet.transport_checksum, ChecksumState::unverified);
}

TEST(UdpLite, ACoverageThatCannotBeIsAnAnomaly) {
  for (const std::uint16_t coverage : {1, 7, 16, 65'535}) {
    EXPECT_TRUE(test::listed(udp_lite(coverage, 8)).packet.has(Anomaly::header_malformed));
  }
}

}  // namespace
}  // namespace holter::wire
