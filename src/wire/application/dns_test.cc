#include "wire/application/dns.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::Listed;
using test::Values;

void put_name(base::ByteWriter& out, std::initializer_list<std::string_view> labels) {
  for (const std::string_view label : labels) {
    out.u8(static_cast<std::uint8_t>(label.size()));
    out.text(label);
  }
  out.u8(0);
}

void put_header(base::ByteWriter& out, std::uint16_t flags, std::array<std::uint16_t, 4> counts) {
  out.u16(0xbeef);
  out.u16(flags);
  for (const std::uint16_t count : counts) out.u16(count);
}

// The name at offset 12 again.
void put_record(base::ByteWriter& out, std::uint16_t type, std::uint16_t kind, std::uint32_t ttl, Bytes data) {
  out.u16(0xc00c);
  out.u16(type);
  out.u16(kind);
  out.u32(ttl);
  out.u16(static_cast<std::uint16_t>(data.size()));
  out.bytes(data);
}

base::ByteWriter answer() {
  base::ByteWriter out;
  put_header(out, 0x85b3, {1, 3, 1, 1});  // answer, authoritative, RD, RA, AD, CD, NXDOMAIN
  put_name(out, {"www", "example", "com"});
  out.u16(1);
  out.u16(1);
  put_record(out, 1, 1, 300, std::array<std::uint8_t, 4>{192, 0, 2, 7});
  put_record(out, 5, 1, 60, std::array<std::uint8_t, 4>{1, 'a', 0xc0, 0x10});  // a.example.com
  put_record(out, 16, 1, 60, std::array<std::uint8_t, 5>{1, 'x', 2, 'y', 'z'});
  base::ByteWriter soa;
  put_name(soa, {"ns"});
  put_name(soa, {"root", "ns"});
  for (std::uint32_t i = 1; i <= 5; ++i) soa.u32(i);
  put_record(out, 6, 1, 9, soa.view());
  out.u8(0);  // OPT
  out.u16(41);
  out.u16(1'232);
  out.u32(0x01008000);
  out.u16(8);
  out.u16(10);
  out.u16(4);
  out.u32(0xdeadbeef);
  return out;
}

TEST(Dns, FlagsQuestionsAndRecords) {
  const auto bytes = answer();
  const FrameBytes frame = test::udp_of(53, 40'000, bytes.view());
  Listed got = test::listed(frame);
  EXPECT_EQ(got["dns.id"], Values{"48879"});
  EXPECT_EQ(got["dns.response"], Values{"1"});
  EXPECT_EQ(got["dns.opcode"], Values{"0"});
  EXPECT_EQ(got["dns.authoritative"], Values{"1"});
  EXPECT_EQ(got["dns.truncated"], Values{"0"});
  EXPECT_EQ(got["dns.recursion_available"], Values{"1"});
  EXPECT_EQ(got["dns.z"], Values{"0"});
  EXPECT_EQ(got["dns.authenticated"], Values{"1"});
  EXPECT_EQ(got["dns.checking_disabled"], Values{"1"});
  EXPECT_EQ(got["dns.rcode"], Values{"3"});
  EXPECT_EQ(got["dns.question.name"], Values{"www.example.com"});
  EXPECT_EQ(got["dns.record.section"], (Values{"answer", "answer", "answer", "authority", "additional"}));
  EXPECT_EQ(got["dns.record.name"].back(), ".");
  EXPECT_EQ(got["dns.record.a"], Values{"c0000207"});
  EXPECT_EQ(got["dns.record.cname"], Values{"a.example.com"});
  EXPECT_EQ(got["dns.record.txt"], (Values{"x", "yz"}));
  EXPECT_EQ(got["dns.record.soa_rname"], Values{"root.ns"});
  EXPECT_EQ(got["dns.record.soa_minimum"], Values{"5"});
  EXPECT_EQ(got["dns.record.edns_udp_size"], Values{"1232"});
  EXPECT_EQ(got["dns.record.edns_extended_rcode"], Values{"1"});
  EXPECT_EQ(got["dns.record.edns_do"], Values{"1"});
  EXPECT_EQ(got["dns.record.edns_option.data"], Values{"deadbeef"});
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Dns, DataOfOtherTypes) {
  base::ByteWriter out;
  put_header(out, 0x8000, {0, 0, 8, 0});
  const auto put = [&](std::uint16_t type, const base::ByteWriter& data) {
    out.u8(0);
    out.u16(type);
    out.u16(1);
    out.u32(0);
    out.u16(static_cast<std::uint16_t>(data.size()));
    out.bytes(data.view());
  };
  base::ByteWriter srv, caa, ds, key, sig, https, mx, unknown;
  for (const std::uint16_t n : {1, 2, 443}) srv.u16(n);
  put_name(srv, {"host"});
  put(33, srv);
  caa.u8(128);
  caa.u8(5);
  caa.text("issueca.example");
  put(257, caa);
  ds.u16(20'326);
  ds.u8(8);
  ds.u8(2);
  ds.u32(0x01020304);
  put(43, ds);
  key.u16(257);
  key.u8(3);
  key.u8(13);
  key.u32(1);
  put(48, key);
  sig.u16(1);
  sig.u8(13);
  sig.u8(2);
  for (const std::uint32_t n : {60U, 7U, 6U}) sig.u32(n);
  sig.u16(99);
  put_name(sig, {"zone"});
  put(46, sig);
  https.u16(1);
  https.u8(0);
  https.u16(1);  // alpn
  https.u16(6);
  https.text("\x02h2\x02h3");
  https.u16(3);  // port
  https.u16(2);
  https.u16(443);
  put(65, https);
  mx.u16(10);
  put_name(mx, {"mail"});
  put(15, mx);
  unknown.u32(0xcafe0000);
  put(999, unknown);
  Listed got = test::listed(test::udp_of(53, 40'000, out.view()));
  EXPECT_EQ(got["dns.record.srv_port"], Values{"443"});
  EXPECT_EQ(got["dns.record.srv_target"], Values{"host"});
  EXPECT_EQ(got["dns.record.caa_tag"], Values{"issue"});
  EXPECT_EQ(got["dns.record.caa_value"], Values{"ca.example"});
  EXPECT_EQ(got["dns.record.ds_key_tag"], Values{"20326"});
  EXPECT_EQ(got["dns.record.ds_digest"], Values{"01020304"});
  EXPECT_EQ(got["dns.record.dnskey_flags"], Values{"257"});
  EXPECT_EQ(got["dns.record.rrsig_key_tag"], Values{"99"});
  EXPECT_EQ(got["dns.record.rrsig_signer"], Values{"zone"});
  EXPECT_EQ(got["dns.record.svcb_target"], Values{"."});
  EXPECT_EQ(got["dns.record.svcb_key"], (Values{"1", "3"}));
  EXPECT_EQ(got["dns.record.svcb_alpn"], (Values{"h2", "h3"}));
  EXPECT_EQ(got["dns.record.mx"], Values{"mail"});
  EXPECT_EQ(got["dns.record.data"], Values{"cafe0000"});
}

TEST(Dns, MulticastAndLinkLocalHaveTheirOwnBits) {
  base::ByteWriter out;
  put_header(out, 0, {1, 0, 0, 0});
  put_name(out, {"host", "local"});
  out.u16(255);
  out.u16(0x8001);
  Listed mdns = test::listed(test::udp_of(5'353, 5'353, out.view()));
  EXPECT_EQ(mdns["mdns.question.unicast"], Values{"1"});
  EXPECT_EQ(mdns["mdns.question.class"], Values{"1"});
  base::ByteWriter other;
  put_header(other, 0x8500, {0, 0, 0, 0});
  Listed llmnr = test::listed(test::udp_of(5'355, 50'000, other.view()));
  EXPECT_EQ(llmnr["llmnr.conflict"], Values{"1"});
  EXPECT_EQ(llmnr["llmnr.tentative"], Values{"1"});
  EXPECT_TRUE(llmnr["llmnr.authoritative"].empty());
}

TEST(Dns, OverTcpEachMessageHasItsLength) {
  const auto message = answer();
  base::ByteWriter out;
  for (int i = 0; i < 2; ++i) {
    out.u16(static_cast<std::uint16_t>(message.size()));
    out.bytes(message.view());
  }
  out.u16(500);  // begins a third
  Listed got = test::listed(test::tcp_of(53, 40'000, out.view()));
  EXPECT_EQ(got["dns"].size(), 2u);
  EXPECT_EQ(got["dns.length"], (Values(2, std::to_string(message.size()))));
  EXPECT_EQ(got["dns.question.name"].size(), 2u);
}

TEST(Dns, AName) {
  struct Case {
    std::vector<std::uint8_t> bytes;
    Anomaly expected;
  };
  const std::vector<Case> cases{
      {{0xc0, 0x0c}, Anomaly::name_loop},                               // itself
      {{1, 'a', 0xc0, 0x0c}, Anomaly::name_loop},                       // its own beginning
      {{0xc0, 0x20}, Anomaly::name_loop},                               // ahead
      {{0x41, 'a', 0}, Anomaly::malformed_payload},                     // a reserved kind of label
      {{63, 'a'}, Anomaly::malformed_payload},                          // longer than the message
      {std::vector<std::uint8_t>(300, 1), Anomaly::malformed_payload},  // over 255 bytes
  };
  for (const Case& one : cases) {
    base::ByteWriter out;
    put_header(out, 0, {1, 0, 0, 0});
    out.bytes(one.bytes);
    FieldList fields;
    const FrameBytes frame = test::udp_of(40'000, 53, out.view());
    test::decode_into(fields, frame, frame.size());
    EXPECT_TRUE(test::has(fields, one.expected)) << test::hex(one.bytes);
    EXPECT_TRUE(test::listed(fields)["dns.question.name"].empty());
  }
}

TEST(Dns, WhatLiesIsAFlawAndTheRestStays) {
  const auto bytes = answer();
  FrameBytes payload(bytes.view().begin(), bytes.view().end());
  payload[7] = 200;  // answers
  FieldList fields;
  const FrameBytes frame = test::udp_of(53, 40'000, payload);
  test::decode_into(fields, frame, frame.size());
  EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload));
  EXPECT_EQ(test::listed(fields)["dns.record.a"], Values{"c0000207"});
}

}  // namespace
}  // namespace holter::wire
