#include "describe/net_words.h"

#include <gtest/gtest.h>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::describe {
namespace {

using wire::test::FrameBytes;

struct Told {
  std::string words;
  std::string addition;
};

Told told(const FrameBytes& frame) {
  wire::FieldList fields;
  const wire::Packet packet = decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet, {},
                                     {.checksums = false, .fields = &fields});
  return {net_words(packet, fields), icmp_addition(fields)};
}

Told over_ipv4(std::uint8_t protocol, std::vector<std::uint8_t> bytes) {
  return told(wire::test::ip_frame(wire::test::kA4, wire::test::kB4, protocol, bytes));
}

Told over_ipv6(std::uint8_t protocol, std::vector<std::uint8_t> bytes) {
  return told(wire::test::ip_frame(wire::test::kA6, wire::test::kB6, protocol, bytes));
}

TEST(NetWords, Groups) {
  EXPECT_EQ(over_ipv4(wire::kIpprotoIgmp, {0x16, 0, 0, 0, 224, 0, 0, 9}).words, "report_v2, group 224.0.0.9");
  EXPECT_EQ(over_ipv4(wire::kIpprotoIgmp, {0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 224, 0, 0, 9}).words,
            "report_v3, groups 1, first 224.0.0.9");
}

TEST(NetWords, Chunks) {
  const std::vector<std::uint8_t> head{0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
  auto packet = head;
  packet.insert(packet.end(), {11, 0, 0, 4, 77, 0, 0, 4});
  EXPECT_EQ(over_ipv4(wire::kIpprotoSctp, packet).words, "cookie_ack, chunk 77");
  packet = head;
  for (int i = 0; i < 6; ++i) packet.insert(packet.end(), {11, 0, 0, 4});
  EXPECT_EQ(over_ipv4(wire::kIpprotoSctp, packet).words, "cookie_ack, cookie_ack, cookie_ack, cookie_ack …");
}

TEST(NetWords, SecurityAndMobility) {
  EXPECT_EQ(over_ipv4(wire::kIpprotoEsp, {0, 0, 0, 9, 0, 0, 0, 3}).words, "spi 0x00000009 seq 3");
  EXPECT_EQ(over_ipv6(wire::kIpprotoMh, {59, 0, 0, 0, 0, 0, 0, 0}).words, "binding_refresh_request");
}

TEST(NetWords, WhatIcmpAdds) {
  EXPECT_EQ(over_ipv4(wire::kIpprotoIcmp, {3, 4, 0, 0, 0, 0, 5, 0x78}).addition, ", mtu 1400");
  EXPECT_EQ(over_ipv4(wire::kIpprotoIcmp, {5, 1, 0, 0, 192, 0, 2, 9}).addition, ", by 192.0.2.9");
  EXPECT_EQ(over_ipv6(wire::kIpprotoIcmpv6, {2, 0, 0, 0, 0, 0, 5, 0}).addition, ", mtu 1280");
  EXPECT_EQ(over_ipv4(wire::kIpprotoIcmp, {8, 0, 0, 0, 0, 1, 0, 2}).addition, "");
}

}  // namespace
}  // namespace holter::describe
