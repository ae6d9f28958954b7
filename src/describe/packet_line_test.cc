#include "describe/packet_line.h"

#include <gtest/gtest.h>

#include "describe/packet_json.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::describe {
namespace {

using wire::test::FrameBytes;
using wire::test::kA4, wire::test::kA6, wire::test::kB4, wire::test::kB6;

FrameFacts facts() {
  FrameFacts facts;
  facts.number = 7;
  facts.captured_at = base::PacketTime::from_nanoseconds(1'700'000'000'123'456'789);
  facts.interface = base::UntrustedText("eth0");
  facts.linktype = 1;
  return facts;
}

// Decodes a frame and tells it by `tell(const SeenFrame&)`.
template <class Tell>
std::string told(const FrameBytes& frame, std::size_t original, const FrameFacts& facts, Tell tell,
                 wire::LinkType link = wire::LinkType::ethernet) {
  wire::FieldList fields;
  const auto length = static_cast<std::uint32_t>(std::max(original, frame.size()));
  const wire::Packet packet = decode(frame, length, link, {}, {.fields = &fields});
  return tell(SeenFrame{frame, packet, fields, facts});
}

std::string line(const FrameBytes& frame, std::size_t original = 0, const FrameFacts& known = facts()) {
  return told(frame, original, known, packet_line);
}

std::string json_of(const FrameBytes& frame, std::size_t original = 0, const FrameFacts& known = facts()) {
  return told(frame, original, known, [](const SeenFrame& seen) {
    TextBuffer out;
    PacketJson().append(out, seen);
    return std::string(out.text());
  });
}

// From the protocol on.
std::string words(const FrameBytes& frame, std::size_t original = 0) {
  return line(frame, original).substr(std::string_view("2023-11-14T22:13:20.123456Z  eth0    ").size());
}

TEST(PacketLine, SaysWhenWhereWhatAndBetweenWhom) {
  EXPECT_EQ(line(wire::test::tcp_frame({kA4, 40'000}, {kB4, 443}, wire::kTcpSyn)),
            "2023-11-14T22:13:20.123456Z  eth0    TCP       62  192.0.2.1:40000       > 192.0.2.2:443          "
            "SYN seq 1000 win 64240");
  FrameFacts bare;
  const FrameBytes frame = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "x");
  EXPECT_EQ(line(frame, 0, bare),
            "-                            UDP       43  192.0.2.1:1           > 192.0.2.2:53           1 byte");
}

TEST(PacketLine, Tcp) {
  EXPECT_EQ(
      words(wire::test::tcp_frame({kA6, 1}, {kB6, 2}, wire::kTcpAck | wire::kTcpPsh, "hello")),
      "TCP       79  [2001:db8::1]:1       > [2001:db8::2]:2        PSH ACK seq 1000 ack 2000 win 64240, 5 bytes");
  EXPECT_EQ(words(wire::test::tcp_frame({kA4, 1}, {kB4, 2}, 0)),
            "TCP       54  192.0.2.1:1           > 192.0.2.2:2            no flags seq 1000 win 64240 [odd TCP flags]");
}

TEST(PacketLine, IcmpAndWhatItQuotes) {
  EXPECT_EQ(words(wire::test::echo_frame(kA4, kB4, false, 1, 2)),
            "ICMP      48  192.0.2.1             > 192.0.2.2              echo request id 1 seq 2, 6 bytes");
  const FrameBytes about = wire::test::udp_frame({kB4, 5}, {kA4, 53}, "question");
  base::ByteWriter error;
  error.u8(3);
  error.u8(3);
  error.u16(0);
  error.u32(0);
  error.bytes(wire::Bytes(about).subspan(14, 28));
  const std::uint16_t sum = [&error] {
    std::uint32_t all = 0;
    for (std::size_t i = 0; i < error.size(); i += 2)
      all += static_cast<std::uint32_t>(error.view()[i] << 8 | error.view()[i + 1]);
    return static_cast<std::uint16_t>(~((all & 0xffff) + (all >> 16)));
  }();
  error.patch_u16(2, sum);
  EXPECT_EQ(words(wire::test::ip_frame(kA4, kB4, 1, error.view())),
            "ICMP      70  192.0.2.1             > 192.0.2.2              destination unreachable: port, about UDP "
            "192.0.2.2:5 > 192.0.2.1:53");
  base::ByteWriter solicitation;
  solicitation.u8(135);
  solicitation.u8(0);
  solicitation.zeros(6);
  solicitation.bytes(kB6.bytes());
  EXPECT_EQ(words(wire::test::ip_frame(kA6, kB6, 58, solicitation.view())),
            "ICMPv6    78  2001:db8::1           > 2001:db8::2            neighbour solicitation: who has 2001:db8::2? "
            "[bad checksum]");
}

TEST(PacketLine, Arp) {
  wire::ArpHeader arp;
  arp.sender = {192, 0, 2, 1};
  arp.target = {192, 0, 2, 2};
  arp.sender_mac = {2, 0, 0, 0, 0, 9};
  const auto frame = [&arp] {
    base::ByteWriter out;
    arp.emit(out);
    return wire::test::ethernet(wire::kEthertypeArp, out.view());
  };
  const std::string ends = "ARP       42  02:00:00:00:00:01     > 02:00:00:00:00:02      ";
  EXPECT_EQ(words(frame()), ends + "who has 192.0.2.2? tell 192.0.2.1");
  arp.operation = wire::kArpReply;
  EXPECT_EQ(words(frame()), ends + "192.0.2.1 is at 02:00:00:00:00:09");
  arp.operation = wire::kArpRequest;
  arp.target = arp.sender;
  EXPECT_EQ(words(frame()), ends + "announces 192.0.2.1 at 02:00:00:00:00:09");
}

TEST(PacketLine, TagsUnknownProtocolsAndCutFrames) {
  const FrameBytes udp = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "x");
  EXPECT_EQ(words(wire::test::tagged(wire::test::tagged(udp, wire::kEthertypeVlan, 5), wire::kEthertypeQinq, 6)),
            "UDP       51  192.0.2.1:1           > 192.0.2.2:53           vlan 6/5 1 byte");
  EXPECT_EQ(words(wire::test::ethernet(0x88f7, wire::test::bytes_of("sync"))),
            "PTP       18  02:00:00:00:00:01     > 02:00:00:00:00:02      4 bytes");
  EXPECT_EQ(words(wire::test::ethernet(0x88b5, {})),
            "0x88b5    14  02:00:00:00:00:01     > 02:00:00:00:00:02      0 bytes");
  EXPECT_EQ(words(wire::test::ip_frame(kA4, kB4, 253, wire::test::bytes_of("?"))),
            "ip-253    35  192.0.2.1             > 192.0.2.2              1 byte");
  EXPECT_EQ(words(FrameBytes(udp.begin(), udp.begin() + 30), udp.size()),
            "IPv4      43  02:00:00:00:00:01     > 02:00:00:00:00:02      29 bytes [cut: 30 of 43 bytes captured]");
  EXPECT_EQ(told(udp, 60, {3, {}, {}, 127}, packet_line, wire::LinkType::unknown).substr(29),
            "link      60  -                     > -                      not decoded: link type 127");
}

TEST(PacketLine, ANameFromTheFileActsOnNoTerminal) {
  FrameFacts hostile = facts();
  hostile.interface = base::UntrustedText("\x1b]0;owned\x07\n");
  const FrameBytes frame = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "\x1b[2J");
  EXPECT_EQ(line(frame, 0, hostile).find_first_of("\x1b\x07\n"), std::string::npos);
  const std::string json = json_of(frame, 0, hostile);
  EXPECT_EQ(json.find_first_of("\x1b\x07\n"), std::string::npos);
}

TEST(PacketJson, OneKeyALayerAndNumbersAsNumbers) {
  const FrameBytes frame = wire::test::tagged(
      wire::test::tcp_frame({kA4, 40'000}, {kB4, 443}, wire::kTcpSyn | wire::kTcpAck), wire::kEthertypeVlan, 0xb005);
  EXPECT_EQ(
      json_of(frame),
      R"({"frame":{"number":7,"time":"2023-11-14T22:13:20.123456789Z","interface":"eth0","link_type":1,)"
      R"("captured_length":66,"original_length":66,"decode_end":"complete","truncated":false,"anomalies":[]},)"
      R"("ethernet":{"dst":"02:00:00:00:00:02","src":"02:00:00:00:00:01","type":33024},)"
      R"("vlan":{"priority":5,"drop_eligible":true,"id":5,"type":2048},)"
      R"("ipv4":{"header_length":20,"dscp":0,"ecn":0,"total_length":48,"id":0,"reserved_flag":false,)"
      R"("do_not_fragment":true,"more_fragments":false,"fragment_offset":0,"ttl":64,"protocol":6,)"
      R"("checksum":46788,"checksum_state":"good","src":"192.0.2.1","dst":"192.0.2.2"},)"
      R"("tcp":{"src_port":40000,"dst_port":443,"sequence":1000,"acknowledgment":2000,"header_length":28,)"
      R"("flags":18,"ns":false,"cwr":false,"ece":false,"urg":false,"ack":true,"psh":false,"rst":false,"syn":true,)"
      R"("fin":false,"window":64240,"checksum":23143,"checksum_state":"good","urgent_pointer":0,"payload_length":0,)"
      R"("option":[{"kind":2,"name":"mss","length":4,"mss":1460},{"kind":1,"name":"no_operation"},)"
      R"({"kind":1,"name":"no_operation"},{"kind":4,"name":"sack_permitted","length":2}]}})");
}

TEST(PacketJson, WhatIsNotKnownIsNull) {
  const FrameBytes frame = wire::test::echo_frame(kA6, kB6, true, 1, 2);
  EXPECT_EQ(json_of(frame, 0, {}),
            R"({"frame":{"number":0,"time":null,"interface":null,"link_type":0,"captured_length":68,)"
            R"("original_length":68,"decode_end":"complete","truncated":false,"anomalies":[]},)"
            R"("ethernet":{"dst":"02:00:00:00:00:02","src":"02:00:00:00:00:01","type":34525},)"
            R"("ipv6":{"dscp":0,"ecn":0,"flow_label":0,"payload_length":14,"next_header":58,"hop_limit":64,)"
            R"("src":"2001:db8::1","dst":"2001:db8::2"},)"
            R"("icmpv6":{"type":129,"code":0,"checksum":59624,"checksum_state":"good","id":1,"sequence":2}})");
}

// Any prefix of any frame can be told.
TEST(PacketJson, EveryPrefixOfAFrameIsTold) {
  for (const FrameBytes& frame :
       {wire::test::tcp_frame({kA4, 1}, {kB4, 2}, wire::kTcpSyn), wire::test::echo_frame(kA6, kB6, false, 1, 2)}) {
    for (std::size_t n = 0; n <= frame.size(); ++n) {
      const FrameBytes prefix(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
      EXPECT_FALSE(line(prefix, frame.size()).empty());
      EXPECT_EQ(json_of(prefix, frame.size()).back(), '}');
    }
  }
}

}  // namespace
}  // namespace holter::describe
