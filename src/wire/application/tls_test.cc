#include "wire/application/tls.h"

#include <gtest/gtest.h>

#include "wire/application/hello_test.h"
#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::Listed;
using test::Values;

TEST(Tls, AClientHello) {
  const auto bytes = test::record(22, test::example_hello().view());
  const FrameBytes frame = test::tcp_of(40'000, 8'443, bytes.view());
  Listed got = test::listed(frame);
  EXPECT_EQ(got["tls.record.type"], Values{"22"});
  EXPECT_EQ(got["tls.record.version"], Values{"769"});
  EXPECT_EQ(got["tls.record.handshake.type"], Values{"1"});
  EXPECT_EQ(got["tls.hello_version"], Values{"771"});
  EXPECT_EQ(got["tls.random"][0].substr(0, 8), "00010203");
  EXPECT_EQ(got["tls.session_id"], Values{"abcd"});
  EXPECT_EQ(got["tls.cipher_suite"].size(), 16u);
  EXPECT_EQ(got["tls.compression"], Values{"0"});
  EXPECT_EQ(got["tls.extension"].size(), 17u);
  EXPECT_EQ(got["tls.sni"], Values{"example.com"});
  EXPECT_EQ(got["tls.alpn"], (Values{"h2", "http/1.1"}));
  EXPECT_EQ(got["tls.supported_version"], (Values{"10794", "772", "771"}));
  EXPECT_EQ(got["tls.supported_group"], (Values{"19018", "29", "23"}));
  EXPECT_EQ(got["tls.point_format"], Values{"0"});
  EXPECT_EQ(got["tls.signature_algorithm"].size(), 8u);
  EXPECT_EQ(got["tls.key_share_group"], (Values{"19018", "29"}));
  test::expect_no_flaw_in_any_prefix(frame);
}

// The words and the result of technical_details/JA4.md.
TEST(Tls, Ja4OfTheExample) {
  Listed got = test::listed(test::tcp_of(40'000, 443, test::record(22, test::example_hello().view()).view()));
  EXPECT_EQ(got["tls.ja4"], Values{"t13d1516h2_8daaf6152771_e5627efa2ab1"});
}

// MD5 of the words by md5sum.
TEST(Tls, Ja3LeavesGreaseOut) {
  Listed got = test::listed(test::tcp_of(40'000, 443, test::record(22, test::example_hello().view()).view()));
  EXPECT_EQ(got["tls.ja3_string"],
            Values{"771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
                   "0-23-65281-10-11-35-16-5-13-18-51-45-43-27-17513-21,29-23,0"});
  EXPECT_EQ(got["tls.ja3"], Values{"56975f70bd0fc8222900179d28f2be23"});
}

TEST(Tls, Ja4WithoutNameAlpnAndExtensions) {
  constexpr std::array<std::uint16_t, 1> kSuite{0x002f};
  const auto hello = test::client_hello(kSuite, {});
  Listed got = test::listed(test::tcp_of(40'000, 443, test::record(22, hello.view()).view()));
  ASSERT_EQ(got["tls.ja4"].size(), 1u);
  EXPECT_EQ(got["tls.ja4"][0].substr(0, 11), "t12i010000_");
  EXPECT_EQ(got["tls.ja4"][0].substr(24), "000000000000");
}

base::ByteWriter server_hello(std::uint16_t suite, Bytes extensions) {
  base::ByteWriter body;
  body.u16(0x0303);
  body.zeros(32);
  body.u8(0);
  body.u16(suite);
  body.u8(0);
  test::put_vector16(body, extensions);
  return test::message(2, body.view());
}

TEST(Tls, AServerHelloAndWhatFollowsIt) {
  base::ByteWriter extensions, version, share;
  version.u16(0x0304);
  share.u32(0x001d0000);
  test::put_extension(extensions, 43, version.view());
  test::put_extension(extensions, 51, share.view());
  base::ByteWriter out;
  out.bytes(test::record(22, server_hello(0x1302, extensions.view()).view()).view());
  out.bytes(test::record(20, std::array<std::uint8_t, 1>{1}).view());
  out.bytes(test::record(22, std::array<std::uint8_t, 40>{9, 9, 9}).view());
  out.bytes(test::record(23, std::array<std::uint8_t, 9>{}).view());
  Listed got = test::listed(test::tcp_of(443, 40'000, out.view()));
  EXPECT_EQ(got["tls.record.type"], (Values{"22", "20", "22", "23"}));
  EXPECT_EQ(got["tls.record.handshake.type"], Values{"2"});
  EXPECT_EQ(got["tls.cipher_suite"], Values{"4866"});
  EXPECT_EQ(got["tls.supported_version"], Values{"772"});
  EXPECT_EQ(got["tls.key_share_group"], Values{"29"});
  EXPECT_EQ(got["tls.ja3s_string"], Values{"771,4866,43-51"});
}

TEST(Tls, AlertsInClearAndEncrypted) {
  Listed clear = test::listed(test::tcp_of(443, 40'000, test::record(21, std::array<std::uint8_t, 2>{2, 40}).view()));
  EXPECT_EQ(clear["tls.record.alert_level"], Values{"2"});
  EXPECT_EQ(clear["tls.record.alert_description"], Values{"40"});
  Listed sealed = test::listed(test::tcp_of(443, 40'000, test::record(21, std::array<std::uint8_t, 26>{}).view()));
  EXPECT_EQ(sealed["tls.record.type"], Values{"21"});
  EXPECT_TRUE(sealed["tls.record.alert_level"].empty());
}

TEST(Tls, AHelloThatLiesIsAFlaw) {
  FrameBytes payload = test::record(22, test::example_hello().view()).take();
  payload[5 + 4 + 2 + 32] = 200;  // the session id
  FieldList fields;
  const FrameBytes frame = test::tcp_of(40'000, 443, payload);
  test::decode_into(fields, frame, frame.size());
  EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload));
  EXPECT_TRUE(test::listed(fields)["tls.ja4"].empty());
}

TEST(Tls, WhatOnlyBeginsIsNotListedFromOneSegment) {
  const auto bytes = test::record(22, test::example_hello().view());
  EXPECT_FALSE(test::listed(test::tcp_of(40'000, 443, bytes.view().first(100))).contains("tls"));
  EXPECT_FALSE(test::listed(test::tcp_of(40'000, 443, std::array<std::uint8_t, 64>{0x99})).contains("tls"));
}

}  // namespace
}  // namespace holter::wire
