#include "describe/packet_columns.h"

#include <gtest/gtest.h>

#include "describe/byte_dump.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::describe {
namespace {

using wire::test::FrameBytes;
using wire::test::kA4, wire::test::kB4;

std::string columns(const FrameBytes& frame, std::initializer_list<std::string_view> names) {
  std::vector<wire::FieldOfLayer> wanted;
  for (const std::string_view name : names) {
    const wire::FoundField found = wire::find_field(name);
    EXPECT_TRUE(found.found) << name;
    wanted.push_back(found.what);
  }
  wire::FieldList fields;
  const wire::Packet packet =
      decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet, {}, {.fields = &fields});
  FrameFacts facts;
  facts.number = 9;
  facts.captured_at = base::PacketTime::from_nanoseconds(1'700'000'000'123'456'789);
  facts.interface = base::UntrustedText("a\tb");
  TextBuffer out;
  append_columns(out, {frame, packet, fields, facts}, wanted);
  return std::string(out.text());
}

TEST(PacketColumns, ShowFieldsInTheOrderAskedFor) {
  const FrameBytes frame = wire::test::tcp_frame({kA4, 40'000}, {kB4, 443}, wire::kTcpSyn);
  EXPECT_EQ(columns(frame, {"tcp.dst_port", "ipv4.src", "tcp.syn", "ethernet.src", "udp.length", "tcp", "udp"}),
            "443\t192.0.2.1\ttrue\t02:00:00:00:00:01\t\ttrue\t");
  EXPECT_EQ(columns(frame, {"frame.number", "frame.time", "frame.interface", "frame.anomalies"}),
            "9\t2023-11-14T22:13:20.123456789Z\ta\\x09b\t");
}

TEST(PacketColumns, SeveralValuesAreApartByCommas) {
  FrameBytes frame = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "x");
  frame = wire::test::tagged(wire::test::tagged(frame, wire::kEthertypeVlan, 5), wire::kEthertypeQinq, 6);
  EXPECT_EQ(columns(frame, {"vlan.id", "vlan"}), "6,5\ttrue");
}

TEST(PacketColumns, WhatAnErrorQuotesIsAnotherPacket) {
  base::ByteWriter error;
  error.u8(3);
  error.u8(1);
  error.zeros(6);
  error.bytes(base::Bytes(wire::test::echo_frame(kB4, kA4, false, 1, 2)).subspan(14));
  const FrameBytes frame = wire::test::ip_frame(kA4, kB4, wire::kIpprotoIcmp, error.view());
  EXPECT_EQ(columns(frame, {"icmp.type", "ipv4.src"}), "3\t192.0.2.1");
}

TEST(ByteDump, HasSixteenALineAndTheTextBeside) {
  std::vector<std::uint8_t> bytes;
  for (std::uint8_t i = 0; i < 18; ++i) bytes.push_back(static_cast<std::uint8_t>('A' + i));
  bytes.back() = 0x1b;
  TextBuffer out;
  append_byte_dump(out, bytes);
  EXPECT_EQ(out.text(),
            "        0x0000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP\n"
            "        0x0010  51 1b                                             Q.\n");
}

}  // namespace
}  // namespace holter::describe
