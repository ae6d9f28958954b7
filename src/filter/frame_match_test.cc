// Filters over whole frames: rare fields, tunnels, what an error quotes, where a frame came from.
#include "filter/frame_match.h"

#include <gtest/gtest.h>

#include "wire/dispatch.h"
#include "wire/network/icmp.h"
#include "wire/network/ipv4.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using wire::Protocol;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kB4;

FrameMatch match_of(std::string_view text) {
  auto filter = PacketFilter::compile(text);
  EXPECT_TRUE(filter) << explain_mistake(text, filter.error());
  return FrameMatch(*filter);
}

Frame frame_of(const FrameBytes& bytes) {
  return {bytes, static_cast<std::uint32_t>(bytes.size()), wire::LinkType::ethernet, {}, {}, 0, Direction::unknown};
}

bool matches(std::string_view text, const FrameBytes& bytes) { return match_of(text).matches(frame_of(bytes)); }

TEST(FrameMatch, FieldsOfAFullDecode) {
  const auto tcp = wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpAck);
  for (const char* text :
       {"tcp.header_length == 20", "tcp.header_length in {20..60}", "tcp.header_length > 19 and tcp.dst_port == 443",
        "tcp.checksum_state == good", "tcp.checksum_state != bad", "ipv4.do_not_fragment", "not ipv4.more_fragments",
        "ipv4.reserved_flag == false", "tcp.checksum_state ~ '^g'", "udp or ipv4.id >= 0", "ipv4.total_length < 1000",
        "frame.original_length == 54", "frame.link_type == 1", "not anomaly"}) {
    EXPECT_TRUE(matches(text, tcp)) << text;
  }
  for (const char* text :
       {"tcp.header_length != 20", "udp.length == 1", "udp.length != 1", "ipv4.more_fragments",
        "tcp.checksum_state in {bad, none}", "udp and tcp.header_length == 20", "anomaly.name_loop", "interface == lo",
        "interface != lo", "direction == host", "arp.sender_mac == 02:00:00:00:00:01"}) {
    EXPECT_FALSE(matches(text, tcp)) << text;
  }
  base::ByteWriter arp;
  for (const int word : {1, 0x0800, 0x0604, 1, 0x0200, 0, 1, 0xc000, 0x0201, 0, 0, 0, 0xc000, 0x0202}) {
    arp.u16(static_cast<std::uint16_t>(word));
  }
  EXPECT_TRUE(matches("arp.sender_mac == 02:00:00:00:00:01 and arp.hardware_type == 1 and arp.target != 192.0.2.3",
                      wire::test::ethernet(wire::kEthertypeArp, arp.view())));
}

TEST(FrameMatch, NeedsNoMoreThanItAsks) {
  const auto needs = [](std::string_view text) { return PacketFilter::compile(text).value().needs(); };
  EXPECT_FALSE(needs("tcp.dst_port == 443 and not vlan and llc").more_than_packet());
  EXPECT_FALSE(needs("tcp.dst_port == 443").checksums);
  EXPECT_TRUE(needs("tcp or ipv4.id == 5").fields);
  EXPECT_FALSE(needs("ipv4.id == 5").checksums);
  EXPECT_TRUE(needs("tcp.checksum_state == bad").checksums);
  EXPECT_TRUE(needs("anomaly.bad_transport_checksum").checksums);
  EXPECT_FALSE(needs("anomaly.bad_transport_checksum").fields);
  EXPECT_TRUE(needs("anomaly").fields) << "what applications say may be wrong, too";
  EXPECT_TRUE(needs("interface == lo").frame);
  EXPECT_FALSE(needs("interface == lo").fields);
}

TEST(FrameMatch, ThePacketAloneRefusesFirst) {
  const auto filter = PacketFilter::compile("tcp.dst_port == 443 and ipv4.id == 5 or udp and interface == lo").value();
  const auto may = [&](const FrameBytes& bytes) {
    return filter.may_match(wire::decode(bytes, static_cast<std::uint32_t>(bytes.size()), wire::LinkType::ethernet));
  };
  EXPECT_TRUE(may(wire::test::tcp_frame({kA4, 1}, {kB4, 443}, wire::kTcpSyn)));
  EXPECT_FALSE(may(wire::test::tcp_frame({kA4, 1}, {kB4, 80}, wire::kTcpSyn)));
  EXPECT_TRUE(may(wire::test::udp_frame({kA4, 1}, {kB4, 80}, "x")));
  const auto negated = PacketFilter::compile("not (tcp and ipv4.id == 5)").value();
  EXPECT_TRUE(negated.may_match(wire::decode({}, 0, wire::LinkType::ethernet)));
}

TEST(FrameMatch, WhereItCameFrom) {
  const auto bytes = wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn);
  Frame frame = frame_of(bytes);
  frame.interface = "lo";
  frame.direction = Direction::outgoing;
  for (const char* text : {"interface == lo", "interface != eth0", "interface in {eth0, lo} and tcp", "interface ~ l",
                           "direction == outgoing", "direction not in {host, broadcast}",
                           R"({"AF_Packet":{"Interface_Name":"lo","Packet_Type":"PACKET_OUTGOING"},"TCP":{}})"}) {
    EXPECT_TRUE(match_of(text).matches(frame)) << text;
  }
  EXPECT_FALSE(match_of("interface == eth0").matches(frame));
  EXPECT_FALSE(match_of("direction != outgoing").matches(frame));
}

// As they stand on the ancestor's page.
TEST(FrameMatch, TheAncestorsOwnFilters) {
  constexpr std::string_view kPorts = R"({
  "IPv4":{
    "Source_Address":"127.0.0.1",
    "Destination_Address":"127.0.0.1"
  },
  "TCP":{
    "Destination_Port":5000,
  }
})";
  constexpr std::string_view kInterface = R"({
  "AF_Packet":{"Interface_Name":"lo"},
  "IPv4":{}
})";
  constexpr std::string_view kAll =
      R"({"AF_Packet":{"Interface_Name":"lo"},"IPv4":{"Source_Address":"127.0.0.1"},"TCP":{"Destination_Port":5000}})";
  const auto here = base::IpAddress::v4({127, 0, 0, 1});
  const auto asked = wire::test::tcp_frame({here, 40'000}, {here, 5'000}, wire::kTcpSyn);
  const auto answer = wire::test::tcp_frame({here, 5'000}, {here, 40'000}, wire::kTcpSyn);
  const auto on = [](const FrameBytes& bytes, std::string_view interface) {
    Frame frame = frame_of(bytes);
    frame.interface = interface;
    return frame;
  };
  EXPECT_TRUE(match_of(kPorts).matches(on(asked, "eth0")));
  EXPECT_FALSE(match_of(kPorts).matches(on(answer, "eth0")));
  EXPECT_TRUE(match_of(kInterface).matches(on(answer, "lo")));
  EXPECT_FALSE(match_of(kInterface).matches(on(answer, "eth0")));
  EXPECT_TRUE(match_of(kAll).matches(on(asked, "lo")));
  EXPECT_FALSE(match_of(kAll).matches(on(asked, "eth0")));
}

// An error about a TCP segment: the segment is quoted, not sent.
FrameBytes error_about(const FrameBytes& frame) {
  base::ByteWriter icmp;
  wire::IcmpEchoHeader header{.type = wire::kIcmpDestinationUnreachable, .code = 3};
  header.emit(icmp, base::Bytes(frame).subspan(14));
  return wire::test::ip_frame(kB4, kA4, wire::kIpprotoIcmp, icmp.view());
}

TEST(FrameMatch, WhatAnErrorQuotesIsNotItsOwn) {
  const auto error = error_about(wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn));
  EXPECT_TRUE(matches("icmp.quoted and icmp.code == 3 and ipv4.protocol == 1", error));
  EXPECT_FALSE(matches("tcp.header_length == 28 or tcp.header_length != 28", error));
  EXPECT_FALSE(matches("ipv4.protocol == 6", error));
  EXPECT_TRUE(matches("ipv4.header_length == 20", error)) << "its own IPv4 header";
}

// TCP from one pair of hosts in VXLAN between another pair.
FrameBytes tunnelled() {
  const auto inner = wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpAck);
  std::string payload("\x08\0\0\0\0\0\x05\0", 8);
  payload.append(inner.begin(), inner.end());
  return wire::test::udp_frame({base::IpAddress::v4({10, 0, 0, 1}), 9}, {base::IpAddress::v4({10, 0, 0, 2}), 4'789},
                               payload);
}

TEST(FrameMatch, AFrameIsAskedAsEachOfItsPackets) {
  const auto frame = tunnelled();
  for (const char* text : {"tcp.dst_port == 443", "udp.dst_port == 4789", "ip.src == 10.0.0.1 and udp", "vxlan",
                           "ip.src == 192.0.2.1 and tcp.header_length == 20", "udp.length > 60 and ip.dst == 10.0.0.2",
                           "vxlan.vni == 5 and tcp", "not tcp", "not udp", "bpf:'udp port 4789'"}) {
    EXPECT_TRUE(matches(text, frame)) << text;
  }
  for (const char* text :
       {"udp and tcp", "ip.src == 10.0.0.1 and tcp", "udp.dst_port == 4789 and tcp.header_length > 0",
        "tcp and udp.length > 0", "ip.src == 10.0.0.1 and ipv4.protocol == 6", "not ip",
        "ip.src == 192.0.2.1 and ipv4.protocol == 17", "bpf:tcp"}) {
    EXPECT_FALSE(matches(text, frame)) << text;
  }
}

// A list as it is behind two tunnels, made by hand.
TEST(OwnFields, AreOfTheLinkAndBehindTheTunnel) {
  wire::FieldList list;
  const auto put = [&](Protocol layer, std::uint64_t id) {
    list.layer(layer);
    list.number(wire::kIpv4Fields.id, id);
  };
  list.layer(Protocol::ethernet);
  put(Protocol::vlan, 1);
  put(Protocol::ipv4, 2);
  put(Protocol::gre, 3);
  put(Protocol::ipv4, 4);
  put(Protocol::ipv4, 5);
  put(Protocol::icmp, 6);
  list.open(wire::kIcmpFields.quoted);
  put(Protocol::ipv4, 7);
  list.close();
  list.number(wire::kIpv4Fields.id, 8);
  const auto ids = [&](Protocol layer, unsigned tunnels) {
    std::vector<std::uint64_t> out;
    OwnFields(list, tunnels).any_of({layer, &wire::kIpv4Fields.id}, [&](const wire::FieldEntry& entry) {
      out.push_back(entry.number);
      return false;
    });
    return out;
  };
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ(ids(Protocol::vlan, 0), Ids{1});
  EXPECT_EQ(ids(Protocol::vlan, 1), Ids{1});
  EXPECT_EQ(ids(Protocol::vlan, 2), Ids{1});
  EXPECT_EQ(ids(Protocol::ipv4, 1), (Ids{4, 5}));
  EXPECT_EQ(ids(Protocol::ipv4, 2), Ids{5});
  EXPECT_EQ(ids(Protocol::gre, 1), Ids{3});
  EXPECT_EQ(ids(Protocol::gre, 2), Ids{});
  EXPECT_EQ(ids(Protocol::icmp, 2), (Ids{6, 8}));
}

}  // namespace
}  // namespace holter::filter
