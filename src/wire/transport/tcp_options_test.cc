#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/test_frames.h"
#include "wire/test_listing.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::kA4;
using test::kB4;

// A segment with these options, padded with zeros.
FrameBytes segment(std::vector<std::uint8_t> options) {
  options.resize((options.size() + 3) / 4 * 4);
  base::ByteWriter out;
  TcpHeader{1, 2, 3, 4, kTcpSyn}.emit(out, options, {}, kA4, kB4);
  return test::ip_frame(kA4, kB4, kIpprotoTcp, out.view());
}

TEST(TcpOptions, EachIsListedByItsRfc) {
  const auto said = test::listed(segment({2,  4, 5,    0xb4,                               // MSS
                                          1,  3, 3,    7,                                  // no operation, window scale
                                          4,  2, 8,    10,   0,    0,   0, 9, 0, 0, 0, 8,  // SACK permitted, timestamps
                                          28, 4, 0x80, 2,                                  // user timeout of 2 minutes
                                          34, 6, 0xca, 0xfe, 0xba, 0xbe}));
  EXPECT_EQ(said.packet.anomalies, 0u);
  for (const char* part :
       {"option{ kind=2 name=mss length=4 mss=1460 }", "option{ kind=1 name=no_operation }",
        "option{ kind=3 name=window_scale length=3 window_scale=7 }", "option{ kind=4 name=sack_permitted length=2 }",
        "option{ kind=8 name=timestamps length=10 timestamp=9 timestamp_echo=8 }",
        "option{ kind=28 name=user_timeout length=4 user_timeout=120 }",
        "option{ kind=34 name=fast_open length=6 cookie=cafebabe }"}) {
    EXPECT_TRUE(said.says(part)) << part << " in " << said.text;
  }
}

TEST(TcpOptions, SackAuthenticationMultipathAndExperiments) {
  const auto sack = test::listed(segment({5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4}));
  EXPECT_TRUE(sack.says("length=18 sack_left=1 sack_left=3 sack_right=2 sack_right=4 }")) << sack.text;
  const auto several = test::listed(segment({29,  8, 1,    2,    0xaa, 0xbb, 0xcc, 0xdd,  // AO
                                             30,  4, 0x10, 0,                             // MP_JOIN
                                             254, 6, 0xf9, 0x89, 0x11, 0x22, 253,  4,    0xe2, 0xd4}));
  for (const char* part : {"name=authentication length=8 key_id=1 next_key_id=2 digest=aabbccdd }",
                           "name=mptcp length=4 mptcp_subtype=1 mptcp_name=mp_join bytes=1000 }",
                           "kind=254 name=experiment length=6 experiment=63881 cookie=1122 }",
                           "kind=253 name=experiment length=4 experiment=58068 bytes= }"}) {
    EXPECT_TRUE(several.says(part)) << part << " in " << several.text;
  }
}

TEST(TcpOptions, WhatIsUnknownOrOfAWrongLengthIsShownByItsBytes) {
  const auto said = test::listed(segment({77, 3, 0xab, 2, 3, 9}));
  EXPECT_TRUE(said.says("option{ kind=77 length=3 bytes=ab } option{ kind=2 name=mss length=3 bytes=09 }"));
  EXPECT_TRUE(said.says("option{ kind=0 name=end }"));
}

TEST(TcpOptions, ALengthThatLiesIsAnAnomaly) {
  for (const std::vector<std::uint8_t>& options :
       {std::vector<std::uint8_t>{2, 0, 0, 0}, {2, 1, 0, 0}, {2, 5, 0, 0}, {1, 1, 1, 2}, {8, 255, 0, 0}}) {
    EXPECT_TRUE(test::listed(segment(options)).packet.has(Anomaly::bad_option));
  }
}

TEST(TcpOptions, EveryPrefixDecodes) {
  test::for_every_prefix(segment({5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 30, 4, 0x10, 0, 8, 10}),
                         [](const test::Listed& cut, std::size_t n) { EXPECT_EQ(cut.flaws, 0u) << n; });
}

// What Linux leaves for the device: the sum of the pseudo header, with the length, not complemented.
TEST(Tcp, AChecksumLeftToTheDeviceIsNotBad) {
  FrameBytes frame = test::tcp_frame({kA4, 1}, {kB4, 2}, kTcpAck, "payload");
  const std::size_t at = 14 + 20 + 16;
  for (const bool with_length : {true, false}) {
    ChecksumSum pseudo;
    pseudo.add_pseudo_header(kA4.bytes(), kB4.bytes(), kIpprotoTcp, with_length ? 27 : 0);
    const std::uint16_t partial = static_cast<std::uint16_t>(~pseudo.finish());
    frame[at] = static_cast<std::uint8_t>(partial >> 8);
    frame[at + 1] = static_cast<std::uint8_t>(partial);
    const Packet packet = decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet);
    EXPECT_EQ(packet.transport_checksum, ChecksumState::unverified);
    EXPECT_EQ(packet.anomalies, 0u);
  }
  frame[at] ^= 1;
  EXPECT_TRUE(test::listed(frame).packet.has(Anomaly::bad_transport_checksum));
}

}  // namespace
}  // namespace holter::wire
