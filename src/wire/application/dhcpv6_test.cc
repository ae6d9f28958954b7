#include "wire/application/dhcpv6.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using namespace std::literals;
using test::FrameBytes;
using test::Listed;
using test::Values;

void put(base::ByteWriter& out, std::uint16_t code, Bytes value) {
  out.u16(code);
  out.u16(static_cast<std::uint16_t>(value.size()));
  out.bytes(value);
}
void put(base::ByteWriter& out, std::uint16_t code, std::string_view value) { put(out, code, test::bytes_of(value)); }

base::ByteWriter reply() {
  base::ByteWriter out, address, prefix, association, delegation;
  out.u32(0x07abcdef);
  put(out, 1, "\0\1\0\1\1\2\3\4\xaa\xbb\xcc\xdd\xee\xff"sv);
  put(out, 2, "\0\3\0\1\2\0\0\0\0\1"sv);
  address.bytes(test::kA6.bytes());
  address.u32(300);
  address.u32(400);
  for (const std::uint32_t n : {9U, 150U, 240U}) association.u32(n);
  put(association, 5, address.view());
  put(association, 13, "\0\0fine"sv);
  put(out, 3, association.view());
  prefix.u32(1);
  prefix.u32(2);
  prefix.u8(56);
  prefix.bytes(test::kB6.bytes());
  for (const std::uint32_t n : {10U, 0U, 0U}) delegation.u32(n);
  put(delegation, 26, prefix.view());
  put(out, 25, delegation.view());
  put(out, 6, "\0\x17\0\x18"sv);
  put(out, 8, "\0\x64"sv);
  put(out, 23, test::kA6.bytes());
  put(out, 24, "\3lan\0\7example\3org\0"sv);
  put(out, 39, "\1\4host\0"sv);
  put(out, 16, "\0\0\1\x37\0\4Test"sv);
  return out;
}

void expect_reply(Listed& got) {
  EXPECT_EQ(got["dhcpv6.client_duid_type"], Values{"1"});
  EXPECT_EQ(got["dhcpv6.client_mac"], Values{"aabbccddeeff"});
  EXPECT_EQ(got["dhcpv6.server_mac"], Values{"020000000001"});
  EXPECT_EQ(got["dhcpv6.ia.type"], (Values{"3", "25"}));
  EXPECT_EQ(got["dhcpv6.ia.id"], (Values{"9", "10"}));
  EXPECT_EQ(got["dhcpv6.ia.t2"], (Values{"240", "0"}));
  EXPECT_EQ(got["dhcpv6.ia.address.ip"], Values{test::hex(test::kA6.bytes())});
  EXPECT_EQ(got["dhcpv6.ia.address.valid"], Values{"400"});
  EXPECT_EQ(got["dhcpv6.ia.prefix.length"], Values{"56"});
  EXPECT_EQ(got["dhcpv6.ia.status"], Values{"0"});
  EXPECT_EQ(got["dhcpv6.ia.message"], Values{"fine"});
  EXPECT_EQ(got["dhcpv6.requested_option"], (Values{"23", "24"}));
  EXPECT_EQ(got["dhcpv6.elapsed_time"], Values{"100"});
  EXPECT_EQ(got["dhcpv6.domain"], (Values{"lan", "example.org"}));
  EXPECT_EQ(got["dhcpv6.fqdn"], Values{"host"});
  EXPECT_EQ(got["dhcpv6.vendor_enterprise"], Values{"311"});
  EXPECT_EQ(got["dhcpv6.vendor_class"], Values{"Test"});
}

TEST(Dhcpv6, AReply) {
  const auto bytes = reply();
  const FrameBytes frame = test::udp_of(547, 546, bytes.view());
  Listed got = test::listed(frame);
  EXPECT_EQ(got["dhcpv6.type"], Values{"7"});
  EXPECT_EQ(got["dhcpv6.transaction_id"], Values{"11259375"});
  EXPECT_EQ(got["dhcpv6.option"], (Values{"1", "2", "3", "25", "6", "8", "23", "24", "39", "16"}));
  expect_reply(got);
  test::expect_no_flaw_in_any_prefix(frame);
}

base::ByteWriter relayed(const base::ByteWriter& message) {
  base::ByteWriter out;
  out.u8(13);
  out.u8(1);
  out.bytes(test::kA6.bytes());
  out.bytes(test::kB6.bytes());
  put(out, 18, "eth0"sv);
  put(out, 9, message.view());
  return out;
}

TEST(Dhcpv6, ARelayedReply) {
  const auto bytes = relayed(reply());
  Listed got = test::listed(test::udp_of(547, 547, bytes.view()));
  EXPECT_EQ(got["dhcpv6.type"], (Values{"13", "7"}));
  EXPECT_EQ(got["dhcpv6.link_address"], Values{test::hex(test::kA6.bytes())});
  EXPECT_EQ(got["dhcpv6.interface_id"], Values{"65746830"});
  expect_reply(got);
}

TEST(Dhcpv6, RelaysInRelaysEndAtTheLimit) {
  base::ByteWriter bytes = reply();
  for (int i = 0; i < 20; ++i) bytes = relayed(bytes);
  FieldList fields;
  const FrameBytes frame = test::udp_of(547, 547, bytes.view());
  test::decode_into(fields, frame, frame.size());
  EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload));
  EXPECT_EQ(test::listed(fields)["dhcpv6.type"].size(), kMaxDhcpv6Relays + 1);
}

}  // namespace
}  // namespace holter::wire
