#include "wire/application/hsrp.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::from_hex;
using test::Listed;
using test::Values;

constexpr std::string_view kHello1 = "0000100303c80500636973636f000000c0000264";
constexpr std::string_view kMd5 = "041c010000ffc0000202000000a0000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kGroup =
    "0128020006040123020000000005000000c8000003e800002710c0000264000000000000000000000000";

FrameBytes to_group(std::string_view digits) { return test::udp_of(1'985, 1'985, from_hex(digits)); }

TEST(Hsrp, AHelloOfVersion1) {
  const FrameBytes frame = to_group(std::string(kHello1) + std::string(kMd5));
  Listed got = test::listed(frame);
  EXPECT_EQ(got["hsrp.version"], Values{"0"});
  EXPECT_EQ(got["hsrp.opcode"], Values{"0"});
  EXPECT_EQ(got["hsrp.state"], Values{"16"});
  EXPECT_EQ(got["hsrp.hello_time"], Values{"3"});
  EXPECT_EQ(got["hsrp.hold_time"], Values{"3"});
  EXPECT_EQ(got["hsrp.priority"], Values{"200"});
  EXPECT_EQ(got["hsrp.group"], Values{"5"});
  EXPECT_EQ(got["hsrp.password"], Values{"cisco"});
  EXPECT_EQ(got["hsrp.virtual_ip"], Values{"c0000264"});
  EXPECT_EQ(got["hsrp.md5_algorithm"], Values{"1"});
  EXPECT_EQ(got["hsrp.md5_flags"], Values{"255"});
  EXPECT_EQ(got["hsrp.md5_address"], Values{"c0000202"});
  EXPECT_EQ(got["hsrp.md5_key_id"], Values{"160"});
  EXPECT_EQ(got["hsrp.md5_digest"], Values{"000102030405060708090a0b0c0d0e0f"});
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Hsrp, AnAdvertisementOfVersion1) {
  const FrameBytes frame = to_group(
      "0003"
      "0001"
      "000a"
      "02"
      "00"
      "0001"
      "0002"
      "00000000");
  Listed got = test::listed(frame);
  EXPECT_EQ(got["hsrp.opcode"], Values{"3"});
  EXPECT_EQ(got["hsrp.interface_state"], Values{"2"});
  EXPECT_EQ(got["hsrp.active_groups"], Values{"1"});
  EXPECT_EQ(got["hsrp.passive_groups"], Values{"2"});
  EXPECT_TRUE(got["hsrp.state"].empty());
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Hsrp, AHelloOfVersion2) {
  const FrameBytes frame = to_group(std::string(kGroup) +
                                    "0308"
                                    "6368616e67656400"
                                    "0204"
                                    "00010002"
                                    "6302"
                                    "abcd");
  Listed got = test::listed(frame);
  EXPECT_EQ(got["hsrp.version"], Values{"2"});
  EXPECT_EQ(got["hsrp.state"], Values{"6"});
  EXPECT_EQ(got["hsrp.ip_version"], Values{"4"});
  EXPECT_EQ(got["hsrp.group"], Values{"291"});
  EXPECT_EQ(got["hsrp.sender_mac"], Values{"020000000005"});
  EXPECT_EQ(got["hsrp.priority"], Values{"200"});
  EXPECT_EQ(got["hsrp.hello_time"], Values{"1"});
  EXPECT_EQ(got["hsrp.hold_time"], Values{"10"});
  EXPECT_EQ(got["hsrp.virtual_ip"], Values{"c0000264"});
  EXPECT_EQ(got["hsrp.password"], Values{"changed"});
  EXPECT_EQ(got["hsrp.active_groups"], Values{"1"});
  EXPECT_EQ(got["hsrp.passive_groups"], Values{"2"});
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Hsrp, OfIpv6) {
  FrameBytes message = from_hex(kGroup);
  message[5] = 6;
  const FrameBytes frame = test::udp_frame({test::kA6, 2'029}, {test::kB6, 2'029}, test::view_of(message));
  Listed got = test::listed(frame);
  EXPECT_EQ(got["hsrp.ip_version"], Values{"6"});
  EXPECT_EQ(got["hsrp.virtual_ip"], Values{"c0000264000000000000000000000000"});
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Hsrp, OfTwoGroupsTheFirst) {
  Listed got = test::listed(to_group(std::string(kGroup) + std::string(kGroup)));
  EXPECT_EQ(got["hsrp.group"], Values{"291"});
}

TEST(Hsrp, ATlvThatRunsOutIsAFlaw) {
  FieldList fields;
  const FrameBytes cut_off = to_group("0128020006");
  test::decode_into(fields, cut_off, cut_off.size());
  EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload));
  const FrameBytes too_short = to_group(
      "0104"
      "02000604");
  test::decode_into(fields, too_short, too_short.size());
  EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload));
}

TEST(Hsrp, WhatIsNoneIsNotClaimed) {
  for (const std::string_view digits : {"00", "0004100303c80500636973636f000000c0000264", "00001003", "0500", "ff01"}) {
    EXPECT_FALSE(test::listed(to_group(digits)).contains("hsrp")) << digits;
  }
}

}  // namespace
}  // namespace holter::wire
