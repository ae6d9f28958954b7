// The Initials were sealed by another implementation (Python's cryptography), whose keys for the connection id
// 8394c8f03e515708 are those of RFC 9001, A.1. Their CRYPTO frames are out of order, with PING and PADDING between.
#include "wire/application/quic.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::Listed;
using test::Values;

constexpr std::string_view kVersionOne =
    "cb00000001088394c8f03e515708046162636403746f6b408d5995d1f1b53cfe46fa2d8e7f49d62e5b42c08603f17c89ebd6c09954b3"
    "e3b2257d06273373d8975a29f4b8d525260ad6c71e15b21f82a9153b8f4b128cc640a0b75f4fc313396f84d381507883ba5c91d4cf82"
    "44f908f815d0a4e1a2607810347acb07946d2eeefc87df671325c82411b3b032a96bcbea627f956cf95858a28ecb2a14e46a24c3e707"
    "27dc815d";
constexpr std::string_view kVersionTwo =
    "d26b3343cf080102030405060708046162636403746f6b408de1a7d9e905649ffd1e0ce9611d0731e56444f27eb73bb6f59fd7586a73"
    "2051790ef8e71a5ab4889332e75c655e00d0ab93503e265171ad52d2eefb13b060ac3fa834fb592a673e6e45b0e03b0d833d62097401"
    "94b8ab9936096346b502a849bfd21b914b9052e912845e70ce591958b125d8a246619a474438af4a7edd2273fa3e4385e76672d635e5"
    "4e95b12b";

void expect_hello(Listed& got) {
  EXPECT_EQ(got["quic.packet.packet_number"], Values{"2"});
  EXPECT_EQ(got["tls.sni"], Values{"quic.example.org"});
  EXPECT_EQ(got["tls.alpn"], Values{"h3"});
  ASSERT_EQ(got["tls.ja4"].size(), 1u);
  EXPECT_EQ(got["tls.ja4"][0].substr(0, 11), "q13d0105h3_");
}

TEST(Quic, TheHelloInAnInitialOfVersionOne) {
  const FrameBytes frame = test::udp_of(50'000, 9'999, test::from_hex(kVersionOne));
  Listed got = test::listed(frame);
  EXPECT_EQ(got["quic.packet.type"], Values{"initial"});
  EXPECT_EQ(got["quic.packet.version"], Values{"1"});
  EXPECT_EQ(got["quic.packet.dcid"], Values{"8394c8f03e515708"});
  EXPECT_EQ(got["quic.packet.scid"], Values{"61626364"});
  EXPECT_EQ(got["quic.packet.token_length"], Values{"3"});
  expect_hello(got);
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Quic, TheHelloInAnInitialOfVersionTwo) {
  Listed got = test::listed(test::udp_of(50'000, 443, test::from_hex(kVersionTwo)));
  EXPECT_EQ(got["quic.packet.type"], Values{"initial"});
  EXPECT_EQ(got["quic.packet.version"], Values{std::to_string(0x6b3343cf)});
  expect_hello(got);
}

TEST(Quic, WhatCannotBeOpenedKeepsItsHead) {
  FrameBytes payload = test::from_hex(kVersionOne);
  payload.back() ^= 1;
  Listed got = test::listed(test::udp_of(50'000, 443, payload));
  EXPECT_EQ(got["quic.packet.type"], Values{"initial"});
  EXPECT_FALSE(got.contains("tls"));
}

TEST(Quic, PacketsInOneDatagram) {
  FrameBytes payload = test::from_hex(kVersionOne);
  payload.insert(payload.end(), {0xe0, 0, 0, 0, 1, 0, 1, 0xaa, 2, 7, 7});
  payload.insert(payload.end(), 20, 0x40);  // a short header
  Listed got = test::listed(test::udp_of(50'000, 443, payload));
  EXPECT_EQ(got["quic.packet.type"], (Values{"initial", "handshake"}));
  EXPECT_EQ(got["quic.packet.scid"], (Values{"61626364", "aa"}));
}

TEST(Quic, VersionNegotiation) {
  const FrameBytes payload = test::from_hex("ca00000000021122013300000001ff00001d");
  Listed got = test::listed(test::udp_of(443, 50'000, payload));
  EXPECT_EQ(got["quic.packet.type"], Values{"version_negotiation"});
  EXPECT_EQ(got["quic.packet.supported_version"], (Values{"1", "4278190109"}));
  EXPECT_FALSE(test::listed(test::udp_of(4'000, 50'000, payload)).contains("quic"));
}

TEST(Quic, ALengthThatLiesIsAFlaw) {
  FrameBytes payload = test::from_hex(kVersionOne);
  payload.resize(payload.size() - 1);
  FieldList fields;
  const FrameBytes frame = test::udp_of(50'000, 443, payload);
  test::decode_into(fields, frame, frame.size());
  EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload));
}

}  // namespace
}  // namespace holter::wire
