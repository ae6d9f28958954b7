// Filters over decoded packets: known packets, a naive interpreter on random ones, and no allocation.
#include "filter/packet_filter.h"

#include <gtest/gtest.h>

#include "base/allocation_count_test.h"
#include "base/seed_test.h"
#include "filter/frame_match.h"
#include "filter/naive_test.h"
#include "filter/parser.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using base::below;
using wire::Packet;
using wire::Protocol;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;
using wire::test::kB6;

Packet packet_of(const FrameBytes& frame) {
  return wire::decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet);
}

bool matches(std::string_view text, const Packet& packet) {
  const auto filter = PacketFilter::compile(text);
  EXPECT_TRUE(filter) << explain_mistake(text, filter.error());
  return filter && filter->matches(packet);
}

TEST(PacketFilter, PresenceAndFields) {
  const Packet tcp = packet_of(wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn));
  for (const char* text : {"tcp",
                           "ipv4",
                           "ip",
                           "ethernet",
                           "not vlan",
                           "!udp",
                           "tcp.dst_port == 443",
                           "dst_port == 0x1bb",
                           "tcp.dst_port in {443, 8443}",
                           "src_port not in {443, 8443}",
                           "tcp.port in {1..80, 400..500, 9}",
                           "ipv4.src == 192.0.2.1",
                           "ipv4.src == 192.0.2.0/24",
                           "ip.dst in {10.0.0.0/8, 192.0.2.2}",
                           "ip.addr in {192.0.2.2..192.0.2.9}",
                           "host == 0.0.0.0/0",
                           "tcp.syn",
                           "tcp.syn == true",
                           "tcp.ack == false",
                           "tcp.ack != true",
                           "tcp.flags == 2",
                           "ethernet.src == 02:00:00:00:00:01",
                           "ethernet.addr == 02:00:00:00:00:02",
                           "ethernet.addr not in {02:00:00:00:00:03, 02:00:00:00:00:04}",
                           "length < 1KiB",
                           "length > 60",
                           "ethernet.type == 0x0800",
                           "ipv4.ttl == 64",
                           "tcp.window >= 64240",
                           "tcp.sequence == 1000",
                           "not fragment",
                           "fragment == false",
                           "not anomaly",
                           "ip.protocol == 6",
                           "udp or tcp and ipv4",
                           "not (udp or arp)"}) {
    EXPECT_TRUE(matches(text, tcp)) << text;
  }
  for (const char* text : {"udp", "vlan", "ipv6", "ipv4.src == 192.0.2.2", "ipv6.src == ::/0", "tcp.rst", "fragment",
                           "tcp.dst_port < 443", "truncated", "icmp", "ip.addr == ::/0", "vlan.id == 0"}) {
    EXPECT_FALSE(matches(text, tcp)) << text;
  }
  const Packet v6 = packet_of(wire::test::udp_frame({kA6, 1}, {kB6, 53}, "x"));
  EXPECT_TRUE(matches("ip.src == 2001:db8::/32 and ipv6.dst in {2001:db8::1..2001:db8::2} and udp.port == 53", v6));
  EXPECT_FALSE(matches("ip.addr == 0.0.0.0/0 or ip.src == 2001:db8::2", v6));
  const Packet tagged =
      packet_of(wire::test::tagged(wire::test::udp_frame({kA4, 1}, {kB4, 53}, "x"), wire::kEthertypeVlan, 0x6005));
  EXPECT_TRUE(matches("vlan and vlan.id == 5 and vlan.priority == 3", tagged));
}

TEST(PacketFilter, UnequalOnAFieldOfTwoSidesMeansNeither) {
  const Packet there = packet_of(wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn));
  const Packet other = packet_of(wire::test::tcp_frame({kA4, 50'000}, {kB4, 80}, wire::kTcpSyn));
  const Packet udp = packet_of(wire::test::udp_frame({kA4, 50'000}, {kB4, 80}, "x"));
  EXPECT_FALSE(matches("tcp.port != 443", there)) << "the source port alone is another";
  EXPECT_TRUE(matches("tcp.port != 443", other));
  EXPECT_FALSE(matches("tcp.port != 443", udp)) << "it has no such field";
  EXPECT_TRUE(matches("not tcp.port == 443", udp));
  EXPECT_FALSE(matches("ip.addr != 192.0.2.2", there));
  EXPECT_FALSE(matches("ip.addr not in {192.0.2.2, 10.0.0.0/8}", there));
  EXPECT_TRUE(matches("ip.addr != 10.0.0.0/8", there));
}

TEST(PacketFilter, CopiesAreIndependentAndMatchingAllocatesNothing) {
  const std::string text =
      "(ipv4.src == 10.0.0.0/8 or ip.addr in {192.0.2.1..192.0.2.9, 2001:db8::/32}) and tcp.port in {443, 8443} and "
      "ethernet.src != 02:00:00:00:00:09 and not vlan";
  const auto copy = [&] { return *PacketFilter::compile(text); }();
  const Packet packet = packet_of(wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn));
  const auto before = base::test::allocations.load();
  EXPECT_TRUE(copy.matches(packet));
  EXPECT_EQ(base::test::allocations.load(), before);
  EXPECT_EQ(copy.text(), text);
}

TEST(PacketFilter, NoFrameAllocates) {
  const auto filter = PacketFilter::compile("tcp.header_length == 20 and interface != eth0 and ipv4.id not in {5, 7}");
  FrameMatch match(*filter);
  const auto bytes = wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpAck);
  Frame frame{bytes, static_cast<std::uint32_t>(bytes.size()), wire::LinkType::ethernet, {}, "lo", 0, {}};
  const auto before = base::test::allocations.load();
  EXPECT_TRUE(match.matches(frame));
  EXPECT_EQ(base::test::allocations.load(), before);
}

// A packet whose numbers come from small sets, so that comparisons hold now and then.
Packet random_packet(std::mt19937_64& random) {
  Packet out;
  out.protocols = static_cast<std::uint32_t>(random());
  const bool v6 = below(random, 2) == 0;
  const auto clear = [&](Protocol p) { out.protocols &= ~(1U << static_cast<unsigned>(p)); };
  clear(v6 ? Protocol::ipv4 : Protocol::ipv6);
  if (v6) clear(Protocol::arp);
  const auto few = [&] { return static_cast<std::uint16_t>(below(random, 6)); };
  out.source_port = few();
  out.destination_port = few();
  out.original_length = few();
  out.captured_length = few();
  out.payload_length = few();
  out.ether_type = few();
  out.vlan_tci[0] = static_cast<std::uint16_t>(random());
  out.tcp_flags = static_cast<std::uint8_t>(random());
  out.tcp_window = few();
  out.tcp_sequence = few();
  out.tcp_acknowledgment = few();
  out.arp_operation = few();
  out.icmp_type = static_cast<std::uint8_t>(few());
  out.icmp_code = static_cast<std::uint8_t>(few());
  out.hop_limit = static_cast<std::uint8_t>(few());
  out.ip_protocol = static_cast<std::uint8_t>(few());
  out.traffic_class = static_cast<std::uint8_t>(random());
  out.fragment_offset = below(random, 3) == 0 ? 8 : 0;
  out.more_fragments = below(random, 3) == 0;
  out.truncated = below(random, 2) == 0;
  out.anomalies = static_cast<std::uint16_t>(random() & random());
  out.source_mac = {2, 0, 0, 0, 0, static_cast<std::uint8_t>(few())};
  out.destination_mac = {2, 0, 0, 0, 0, static_cast<std::uint8_t>(few())};
  for (auto* address : {&out.source, &out.destination}) {
    (*address)[0] = static_cast<std::uint8_t>(below(random, 2) == 0 ? 10 : 0x20);
    (*address)[v6 ? 15 : 3] = static_cast<std::uint8_t>(few());
    if (v6) (*address)[8] = static_cast<std::uint8_t>(few());
  }
  return out;
}

TEST(PacketFilter, AgreesWithANaiveInterpreter) {
  auto random = base::seeded_random();
  std::size_t held = 0;
  std::size_t asked = 0;
  for (int i = 0; i < 3'000; ++i) {
    const std::string text = naive::random_expression(random, 3);
    const auto filter = PacketFilter::compile(text);
    ASSERT_TRUE(filter) << explain_mistake(text, filter.error());
    const auto tree = parse(text);
    ASSERT_TRUE(tree);
    for (int j = 0; j < 20; ++j) {
      const Packet packet = random_packet(random);
      const bool expected = naive::holds(*tree, packet);
      ASSERT_EQ(filter->matches(packet), expected) << text;
      held += expected ? 1 : 0;
      ++asked;
    }
  }
  EXPECT_GT(held, asked / 10);
  EXPECT_LT(held, asked - asked / 10);
}

}  // namespace
}  // namespace holter::filter
