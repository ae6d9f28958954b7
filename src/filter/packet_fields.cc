#include "filter/packet_fields.h"

#include <bit>
#include <type_traits>
#include <vector>

#include "wire/transport/tcp.h"

namespace holter::filter {
namespace {

using wire::Anomaly;
using wire::Packet;
using wire::Protocol;

static_assert(std::is_standard_layout_v<Packet> && std::is_trivially_copyable_v<Packet>, "slots are offsets into it");
static_assert(std::endian::native == std::endian::little, "slots are read as little-endian numbers");

#define HOLTER_SLOT(member) \
  Slot { offsetof(Packet, member), sizeof(Packet::member) }

constexpr std::uint64_t kMostPort = 65'535;
constexpr std::uint64_t kMost32 = 0xffff'ffff;
constexpr std::uint64_t kIpv4 = bit_of(Protocol::ipv4);
constexpr std::uint64_t kIpv6 = bit_of(Protocol::ipv6);
constexpr std::uint64_t kIp = kIpv4 | kIpv6;
constexpr std::uint64_t kArp = bit_of(Protocol::arp);
constexpr std::uint64_t kTcp = bit_of(Protocol::tcp);
constexpr std::uint64_t kUdp = bit_of(Protocol::udp);
constexpr std::uint64_t kIcmp = bit_of(Protocol::icmp);
constexpr std::uint64_t kIcmpv6 = bit_of(Protocol::icmpv6);
constexpr std::uint64_t kVlan = bit_of(Protocol::vlan);
constexpr std::uint64_t kEthernet = bit_of(Protocol::ethernet);

constexpr Slot part_of(Slot slot, std::uint8_t shift, std::uint64_t mask) {
  slot.shift = shift;
  slot.mask = mask;
  return slot;
}
constexpr PacketLoad has_one_of(std::uint64_t bits) { return {0, part_of(HOLTER_SLOT(protocols), 0, bits)}; }
constexpr PacketLoad tcp_flag(std::uint8_t flag) { return {kTcp, part_of(HOLTER_SLOT(tcp_flags), 0, flag)}; }
constexpr PacketLoad anomaly_of(Anomaly anomaly) {
  return {0, part_of(HOLTER_SLOT(anomalies), 0, 1U << static_cast<unsigned>(anomaly))};
}

constexpr Slot kSourceSlot = HOLTER_SLOT(source);
constexpr Slot kDestinationSlot = HOLTER_SLOT(destination);
constexpr Slot kSourcePortSlot = HOLTER_SLOT(source_port);
constexpr Slot kDestinationPortSlot = HOLTER_SLOT(destination_port);

constexpr std::array kFrameRows = std::to_array<PacketField>({
    {{"length", Type::size, "of the frame as it was on the wire"}, {0, HOLTER_SLOT(original_length)}},
    {{"captured_length", Type::size, "how much of it was captured"}, {0, HOLTER_SLOT(captured_length)}},
    {{"payload_length", Type::size, "behind the innermost header that is decoded"}, {0, HOLTER_SLOT(payload_length)}},
    {{"truncated", Type::boolean, "a header was cut by the capture"}, {0, HOLTER_SLOT(truncated)}},
    {{"frame.original_length", Type::size, "the same as length"}, {0, HOLTER_SLOT(original_length)}},
    {{"frame.captured_length", Type::size, "the same as captured_length"}, {0, HOLTER_SLOT(captured_length)}},
    {{"frame.truncated", Type::boolean, "the same as truncated"}, {0, HOLTER_SLOT(truncated)}},
    {{"ethernet", Type::boolean, "has an Ethernet header"}, has_one_of(kEthernet)},
    {{"ethernet.src", Type::mac, "the sender's MAC"}, {kEthernet, HOLTER_SLOT(source_mac)}},
    {{"ethernet.dst", Type::mac, "the receiver's MAC"}, {kEthernet, HOLTER_SLOT(destination_mac)}},
    {{"ethernet.addr", Type::mac, "either MAC", Sides::two},
     {kEthernet, HOLTER_SLOT(source_mac), HOLTER_SLOT(destination_mac)}},
    {{"ethernet.type", Type::number, "the innermost ether type: 0x0800, 0x0806, 0x86dd", Sides::one, kMostPort},
     {0, HOLTER_SLOT(ether_type)}},
    {{"vlan", Type::boolean, "has a VLAN tag"}, has_one_of(kVlan)},
    {{"vlan.id", Type::number, "of the outermost tag", Sides::one, 4'095},
     {kVlan, part_of(HOLTER_SLOT(vlan_tci), 0, 0x0fff)}},
    {{"vlan.priority", Type::number, "of the outermost tag", Sides::one, 7},
     {kVlan, part_of(HOLTER_SLOT(vlan_tci), 13, 7)}},
    {{"arp", Type::boolean, "is ARP"}, has_one_of(kArp)},
    {{"arp.operation", Type::number, "1 asks, 2 answers", Sides::one, kMostPort}, {kArp, HOLTER_SLOT(arp_operation)}},
    {{"arp.sender", Type::address, "who asks or answers"}, {kArp, kSourceSlot}},
    {{"arp.target", Type::address, "who is asked for, or told"}, {kArp, kDestinationSlot}},
});

constexpr std::array kNetworkRows = std::to_array<PacketField>({
    {{"host", Type::address, "source or destination of IPv4, IPv6 or ARP", Sides::two},
     {kIp | kArp, kSourceSlot, kDestinationSlot}},
    {{"ip", Type::boolean, "is IPv4 or IPv6"}, has_one_of(kIp)},
    {{"ip.src", Type::address, "source of either version"}, {kIp, kSourceSlot}},
    {{"ip.dst", Type::address, "destination of either version"}, {kIp, kDestinationSlot}},
    {{"ip.addr", Type::address, "source or destination of either version", Sides::two},
     {kIp, kSourceSlot, kDestinationSlot}},
    {{"ip.protocol", Type::number, "what IP carries, by its number: 6 is TCP", Sides::one, 255},
     {kIp, HOLTER_SLOT(ip_protocol)}},
    {{"ip.dscp", Type::number, "the traffic class without its ECN bits", Sides::one, 63},
     {kIp, part_of(HOLTER_SLOT(traffic_class), 2, 63)}},
    {{"fragment", Type::boolean, "is a part of a packet"},
     {kIp, HOLTER_SLOT(more_fragments), HOLTER_SLOT(fragment_offset)}},
    {{"ipv4", Type::boolean, "is IPv4"}, has_one_of(kIpv4)},
    {{"ipv4.src", Type::address, "the source"}, {kIpv4, kSourceSlot}},
    {{"ipv4.dst", Type::address, "the destination"}, {kIpv4, kDestinationSlot}},
    {{"ipv4.addr", Type::address, "either", Sides::two}, {kIpv4, kSourceSlot, kDestinationSlot}},
    {{"ipv4.ttl", Type::number, "the time to live", Sides::one, 255}, {kIpv4, HOLTER_SLOT(hop_limit)}},
    {{"ipv6", Type::boolean, "is IPv6"}, has_one_of(kIpv6)},
    {{"ipv6.src", Type::address, "the source"}, {kIpv6, kSourceSlot}},
    {{"ipv6.dst", Type::address, "the destination"}, {kIpv6, kDestinationSlot}},
    {{"ipv6.addr", Type::address, "either", Sides::two}, {kIpv6, kSourceSlot, kDestinationSlot}},
    {{"ipv6.hop_limit", Type::number, "the hop limit", Sides::one, 255}, {kIpv6, HOLTER_SLOT(hop_limit)}},
    {{"icmp", Type::boolean, "is ICMP"}, has_one_of(kIcmp)},
    {{"icmp.type", Type::number, "8 asks for an echo, 0 is one", Sides::one, 255}, {kIcmp, HOLTER_SLOT(icmp_type)}},
    {{"icmp.code", Type::number, "the code", Sides::one, 255}, {kIcmp, HOLTER_SLOT(icmp_code)}},
    {{"icmpv6", Type::boolean, "is ICMPv6"}, has_one_of(kIcmpv6)},
    {{"icmpv6.type", Type::number, "128 asks for an echo, 129 is one", Sides::one, 255},
     {kIcmpv6, HOLTER_SLOT(icmp_type)}},
    {{"icmpv6.code", Type::number, "the code", Sides::one, 255}, {kIcmpv6, HOLTER_SLOT(icmp_code)}},
});

constexpr std::array kTransportRows = std::to_array<PacketField>({
    {{"port", Type::number, "either port of TCP or UDP", Sides::two, kMostPort},
     {kTcp | kUdp, kSourcePortSlot, kDestinationPortSlot}},
    {{"src_port", Type::number, "the source port of TCP or UDP", Sides::one, kMostPort},
     {kTcp | kUdp, kSourcePortSlot}},
    {{"dst_port", Type::number, "the destination port of TCP or UDP", Sides::one, kMostPort},
     {kTcp | kUdp, kDestinationPortSlot}},
    {{"tcp", Type::boolean, "has a TCP header"}, has_one_of(kTcp)},
    {{"tcp.port", Type::number, "either port", Sides::two, kMostPort}, {kTcp, kSourcePortSlot, kDestinationPortSlot}},
    {{"tcp.src_port", Type::number, "the source port", Sides::one, kMostPort}, {kTcp, kSourcePortSlot}},
    {{"tcp.dst_port", Type::number, "the destination port", Sides::one, kMostPort}, {kTcp, kDestinationPortSlot}},
    {{"tcp.flags", Type::number, "all flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32", Sides::one, 255},
     {kTcp, HOLTER_SLOT(tcp_flags)}},
    {{"tcp.fin", Type::boolean, "FIN is set"}, tcp_flag(wire::kTcpFin)},
    {{"tcp.syn", Type::boolean, "SYN is set"}, tcp_flag(wire::kTcpSyn)},
    {{"tcp.rst", Type::boolean, "RST is set"}, tcp_flag(wire::kTcpRst)},
    {{"tcp.psh", Type::boolean, "PSH is set"}, tcp_flag(wire::kTcpPsh)},
    {{"tcp.ack", Type::boolean, "ACK is set"}, tcp_flag(wire::kTcpAck)},
    {{"tcp.urg", Type::boolean, "URG is set"}, tcp_flag(wire::kTcpUrg)},
    {{"tcp.sequence", Type::number, "the sequence number", Sides::one, kMost32}, {kTcp, HOLTER_SLOT(tcp_sequence)}},
    {{"tcp.acknowledgment", Type::number, "the acknowledgment number", Sides::one, kMost32},
     {kTcp, HOLTER_SLOT(tcp_acknowledgment)}},
    {{"tcp.window", Type::number, "the window, not scaled", Sides::one, kMostPort}, {kTcp, HOLTER_SLOT(tcp_window)}},
    {{"udp", Type::boolean, "has a UDP header"}, has_one_of(kUdp)},
    {{"udp.port", Type::number, "either port", Sides::two, kMostPort}, {kUdp, kSourcePortSlot, kDestinationPortSlot}},
    {{"udp.src_port", Type::number, "the source port", Sides::one, kMostPort}, {kUdp, kSourcePortSlot}},
    {{"udp.dst_port", Type::number, "the destination port", Sides::one, kMostPort}, {kUdp, kDestinationPortSlot}},
});

template <Anomaly anomaly>
constexpr PacketField anomaly_row(std::string_view name, std::string_view description) {
  return {{name, Type::boolean, description}, anomaly_of(anomaly)};
}

constexpr std::array kAnomalyRows = std::to_array<PacketField>({
    {{"anomaly", Type::boolean, "something is wrong with it: any of those below"}, {0, HOLTER_SLOT(anomalies)}},
    anomaly_row<Anomaly::header_malformed>("anomaly.header_malformed",
                                           "a header does not fit into what its layers claim"),
    anomaly_row<Anomaly::length_beyond_frame>("anomaly.length_beyond_frame", "a length claims more than the frame had"),
    anomaly_row<Anomaly::bad_version>("anomaly.bad_version", "the IP version is another than was announced"),
    anomaly_row<Anomaly::bad_option>("anomaly.bad_option", "an option runs out of its header"),
    anomaly_row<Anomaly::bad_network_checksum>("anomaly.bad_network_checksum", "IPv4's checksum is wrong"),
    anomaly_row<Anomaly::bad_transport_checksum>("anomaly.bad_transport_checksum", "TCP's, UDP's or ICMP's is wrong"),
    anomaly_row<Anomaly::too_deep>("anomaly.too_deep", "more layers than holter decodes"),
    anomaly_row<Anomaly::odd_tcp_flags>("anomaly.odd_tcp_flags", "SYN with FIN or RST, or no flag at all"),
    anomaly_row<Anomaly::fragment_beyond_limit>("anomaly.fragment_beyond_limit", "a fragment ends past 65,535 bytes"),
    anomaly_row<Anomaly::reserved_flag>("anomaly.reserved_flag", "the reserved bit of IPv4's flags is set"),
    anomaly_row<Anomaly::zero_hop_limit>("anomaly.zero_hop_limit", "TTL or hop limit 0"),
    anomaly_row<Anomaly::over_budget>("anomaly.over_budget", "more headers, options or records than are looked at"),
    anomaly_row<Anomaly::name_loop>("anomaly.name_loop", "a compressed name leads back to itself"),
    anomaly_row<Anomaly::fragment_overlap>("anomaly.fragment_overlap", "a fragment claims bytes that another gave"),
    anomaly_row<Anomaly::empty_frame>("anomaly.empty_frame", "no bytes at all"),
    anomaly_row<Anomaly::malformed_payload>("anomaly.malformed_payload", "an application breaks its protocol's rules"),
});

constexpr auto kFields = [] {
  std::array<PacketField, kFrameRows.size() + kNetworkRows.size() + kTransportRows.size() + kAnomalyRows.size()> all{};
  auto at = all.begin();
  for (const auto& row : kFrameRows) *at++ = row;
  for (const auto& row : kNetworkRows) *at++ = row;
  for (const auto& row : kTransportRows) *at++ = row;
  for (const auto& row : kAnomalyRows) *at++ = row;
  return all;
}();

}  // namespace

std::span<const PacketField> packet_fields() { return kFields; }
PacketLoad has_any_of(std::uint64_t bits) { return has_one_of(bits); }

}  // namespace holter::filter
