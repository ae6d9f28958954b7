#include "filter/packet_fields.h"

#include <bit>
#include <type_traits>
#include <vector>

#include "wire/transport/tcp.h"

namespace holter::filter {
namespace {

using record::PacketRecord;
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

// What a stored packet was, by what is kept of it. A later fragment names its protocol without having its header: it
// has neither ports nor flags.
bool was_tcp(const PacketRecord& r) {
  return r.ip_protocol == wire::kIpprotoTcp && (r.source_port != 0 || r.destination_port != 0 || r.tcp_flags != 0);
}
bool was_udp(const PacketRecord& r) {
  return r.ip_protocol == wire::kIpprotoUdp && (r.source_port != 0 || r.destination_port != 0);
}
// Without a network header that could be read, a record keeps MACs for addresses, or nothing.
bool has_address(const PacketRecord& r) {
  constexpr std::size_t kMacText = 17;
  bool is_mac = r.source.size() == kMacText;
  for (std::size_t at = 2; is_mac && at < kMacText; at += 3) is_mac = r.source[at] == ':';
  return !r.source.empty() && !is_mac;
}
bool was_ipv4(const PacketRecord& r) { return r.ether_type == wire::kEthertypeIp && has_address(r); }
bool was_ipv6(const PacketRecord& r) { return r.ether_type == wire::kEthertypeIpv6 && has_address(r); }
bool was_ip(const PacketRecord& r) { return was_ipv4(r) || was_ipv6(r); }
bool was_arp(const PacketRecord& r) { return r.ether_type == wire::kEthertypeArp && has_address(r); }
bool was_icmp(const PacketRecord& r) { return r.ip_protocol == wire::kIpprotoIcmp && was_ipv4(r); }
bool was_icmpv6(const PacketRecord& r) { return r.ip_protocol == wire::kIpprotoIcmpv6 && was_ipv6(r); }
bool had_addresses(const PacketRecord& r) { return was_ip(r) || was_arp(r); }
bool had_ports(const PacketRecord& r) { return was_tcp(r) || was_udp(r); }

template <auto read>
constexpr Load kStored = load_of<PacketRecord, read>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kWas = kStored<[](const auto& r, auto& v) { v.truth(was(r)); }>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kSource = kStored<[](const auto& r, auto& v) {
  if (was(r)) v.address(r.source);
}>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kDestination = kStored<[](const auto& r, auto& v) {
  if (was(r)) v.address(r.destination);
}>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kAddresses = kStored<[](const auto& r, auto& v) {
  if (!was(r)) return;
  v.address(r.source);
  v.address(r.destination);
}>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kSourcePort = kStored<[](const auto& r, auto& v) {
  if (was(r)) v.number(r.source_port);
}>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kDestinationPort = kStored<[](const auto& r, auto& v) {
  if (was(r)) v.number(r.destination_port);
}>;
template <bool (*was)(const PacketRecord&)>
constexpr Load kPorts = kStored<[](const auto& r, auto& v) {
  if (!was(r)) return;
  v.number(r.source_port);
  v.number(r.destination_port);
}>;
template <std::uint8_t flag>
constexpr Load kFlag = kStored<[](const auto& r, auto& v) {
  if (was_tcp(r)) v.truth((r.tcp_flags & flag) != 0);
}>;
template <Anomaly anomaly>
constexpr Load kAnomaly =
    kStored<[](const auto& r, auto& v) { v.truth((r.anomalies >> static_cast<unsigned>(anomaly) & 1) != 0); }>;

constexpr Slot kSourceSlot = HOLTER_SLOT(source);
constexpr Slot kDestinationSlot = HOLTER_SLOT(destination);
constexpr Slot kSourcePortSlot = HOLTER_SLOT(source_port);
constexpr Slot kDestinationPortSlot = HOLTER_SLOT(destination_port);

constexpr std::array kFrameRows = std::to_array<PacketField>({
    {{"length", Type::size, "of the frame as it was on the wire"},
     {0, HOLTER_SLOT(original_length)},
     kStored<[](const auto& r, auto& v) { v.number(r.original_length); }>},
    {{"captured_length", Type::size, "how much of it was captured"},
     {0, HOLTER_SLOT(captured_length)},
     kStored<[](const auto& r, auto& v) { v.number(r.captured_length); }>},
    {{"payload_length", Type::size, "behind the innermost header that is decoded"}, {0, HOLTER_SLOT(payload_length)}},
    {{"truncated", Type::boolean, "a header was cut by the capture"}, {0, HOLTER_SLOT(truncated)}},
    {{"frame.original_length", Type::size, "the same as length"}, {0, HOLTER_SLOT(original_length)}},
    {{"frame.captured_length", Type::size, "the same as captured_length"}, {0, HOLTER_SLOT(captured_length)}},
    {{"frame.truncated", Type::boolean, "the same as truncated"}, {0, HOLTER_SLOT(truncated)}},
    {{"interface", Type::text, "where it was captured"},
     {},
     kStored<[](const auto& r, auto& v) { v.text(r.interface); }>},
    {{"ethernet", Type::boolean, "has an Ethernet header"}, has_one_of(kEthernet)},
    {{"ethernet.src", Type::mac, "the sender's MAC"}, {kEthernet, HOLTER_SLOT(source_mac)}},
    {{"ethernet.dst", Type::mac, "the receiver's MAC"}, {kEthernet, HOLTER_SLOT(destination_mac)}},
    {{"ethernet.addr", Type::mac, "either MAC", Sides::two},
     {kEthernet, HOLTER_SLOT(source_mac), HOLTER_SLOT(destination_mac)}},
    {{"ethernet.type", Type::number, "the innermost ether type: 0x0800, 0x0806, 0x86dd", Sides::one, kMostPort},
     {0, HOLTER_SLOT(ether_type)},
     kStored<[](const auto& r, auto& v) { v.number(r.ether_type); }>},
    {{"vlan", Type::boolean, "has a VLAN tag"},
     has_one_of(kVlan),
     kStored<[](const auto& r, auto& v) { v.truth(r.vlan != 0); }>},
    {{"vlan.id", Type::number, "of the outermost tag", Sides::one, 4'095},
     {kVlan, part_of(HOLTER_SLOT(vlan_tci), 0, 0x0fff)},
     kStored<[](const auto& r, auto& v) {
       if (r.vlan != 0) v.number(r.vlan);
     }>},
    {{"vlan.priority", Type::number, "of the outermost tag", Sides::one, 7},
     {kVlan, part_of(HOLTER_SLOT(vlan_tci), 13, 7)}},
    {{"arp", Type::boolean, "is ARP"}, has_one_of(kArp), kWas<was_arp>},
    {{"arp.operation", Type::number, "1 asks, 2 answers", Sides::one, kMostPort}, {kArp, HOLTER_SLOT(arp_operation)}},
    {{"arp.sender", Type::address, "who asks or answers"}, {kArp, kSourceSlot}, kSource<was_arp>},
    {{"arp.target", Type::address, "who is asked for, or told"}, {kArp, kDestinationSlot}, kDestination<was_arp>},
});

constexpr std::array kNetworkRows = std::to_array<PacketField>({
    {{"host", Type::address, "source or destination of IPv4, IPv6 or ARP", Sides::two},
     {kIp | kArp, kSourceSlot, kDestinationSlot},
     kAddresses<had_addresses>},
    {{"ip", Type::boolean, "is IPv4 or IPv6"}, has_one_of(kIp), kWas<was_ip>},
    {{"ip.src", Type::address, "source of either version"}, {kIp, kSourceSlot}, kSource<was_ip>},
    {{"ip.dst", Type::address, "destination of either version"}, {kIp, kDestinationSlot}, kDestination<was_ip>},
    {{"ip.addr", Type::address, "source or destination of either version", Sides::two},
     {kIp, kSourceSlot, kDestinationSlot},
     kAddresses<was_ip>},
    {{"ip.protocol", Type::number, "what IP carries, by its number: 6 is TCP", Sides::one, 255},
     {kIp, HOLTER_SLOT(ip_protocol)},
     kStored<[](const auto& r, auto& v) {
       if (was_ip(r)) v.number(r.ip_protocol);
     }>},
    {{"ip.dscp", Type::number, "the traffic class without its ECN bits", Sides::one, 63},
     {kIp, part_of(HOLTER_SLOT(traffic_class), 2, 63)}},
    {{"fragment", Type::boolean, "is a part of a packet"},
     {kIp, HOLTER_SLOT(more_fragments), HOLTER_SLOT(fragment_offset)}},
    {{"ipv4", Type::boolean, "is IPv4"}, has_one_of(kIpv4), kWas<was_ipv4>},
    {{"ipv4.src", Type::address, "the source"}, {kIpv4, kSourceSlot}, kSource<was_ipv4>},
    {{"ipv4.dst", Type::address, "the destination"}, {kIpv4, kDestinationSlot}, kDestination<was_ipv4>},
    {{"ipv4.addr", Type::address, "either", Sides::two}, {kIpv4, kSourceSlot, kDestinationSlot}, kAddresses<was_ipv4>},
    {{"ipv4.ttl", Type::number, "the time to live", Sides::one, 255}, {kIpv4, HOLTER_SLOT(hop_limit)}},
    {{"ipv6", Type::boolean, "is IPv6"}, has_one_of(kIpv6), kWas<was_ipv6>},
    {{"ipv6.src", Type::address, "the source"}, {kIpv6, kSourceSlot}, kSource<was_ipv6>},
    {{"ipv6.dst", Type::address, "the destination"}, {kIpv6, kDestinationSlot}, kDestination<was_ipv6>},
    {{"ipv6.addr", Type::address, "either", Sides::two}, {kIpv6, kSourceSlot, kDestinationSlot}, kAddresses<was_ipv6>},
    {{"ipv6.hop_limit", Type::number, "the hop limit", Sides::one, 255}, {kIpv6, HOLTER_SLOT(hop_limit)}},
    {{"icmp", Type::boolean, "is ICMP"}, has_one_of(kIcmp), kWas<was_icmp>},
    {{"icmp.type", Type::number, "8 asks for an echo, 0 is one", Sides::one, 255}, {kIcmp, HOLTER_SLOT(icmp_type)}},
    {{"icmp.code", Type::number, "the code", Sides::one, 255}, {kIcmp, HOLTER_SLOT(icmp_code)}},
    {{"icmpv6", Type::boolean, "is ICMPv6"}, has_one_of(kIcmpv6), kWas<was_icmpv6>},
    {{"icmpv6.type", Type::number, "128 asks for an echo, 129 is one", Sides::one, 255},
     {kIcmpv6, HOLTER_SLOT(icmp_type)}},
    {{"icmpv6.code", Type::number, "the code", Sides::one, 255}, {kIcmpv6, HOLTER_SLOT(icmp_code)}},
});

constexpr std::array kTransportRows = std::to_array<PacketField>({
    {{"port", Type::number, "either port of TCP or UDP", Sides::two, kMostPort},
     {kTcp | kUdp, kSourcePortSlot, kDestinationPortSlot},
     kPorts<had_ports>},
    {{"src_port", Type::number, "the source port of TCP or UDP", Sides::one, kMostPort},
     {kTcp | kUdp, kSourcePortSlot},
     kSourcePort<had_ports>},
    {{"dst_port", Type::number, "the destination port of TCP or UDP", Sides::one, kMostPort},
     {kTcp | kUdp, kDestinationPortSlot},
     kDestinationPort<had_ports>},
    {{"tcp", Type::boolean, "has a TCP header"}, has_one_of(kTcp), kWas<was_tcp>},
    {{"tcp.port", Type::number, "either port", Sides::two, kMostPort},
     {kTcp, kSourcePortSlot, kDestinationPortSlot},
     kPorts<was_tcp>},
    {{"tcp.src_port", Type::number, "the source port", Sides::one, kMostPort},
     {kTcp, kSourcePortSlot},
     kSourcePort<was_tcp>},
    {{"tcp.dst_port", Type::number, "the destination port", Sides::one, kMostPort},
     {kTcp, kDestinationPortSlot},
     kDestinationPort<was_tcp>},
    {{"tcp.flags", Type::number, "all flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32", Sides::one, 255},
     {kTcp, HOLTER_SLOT(tcp_flags)},
     kStored<[](const auto& r, auto& v) {
       if (was_tcp(r)) v.number(r.tcp_flags);
     }>},
    {{"tcp.fin", Type::boolean, "FIN is set"}, tcp_flag(wire::kTcpFin), kFlag<wire::kTcpFin>},
    {{"tcp.syn", Type::boolean, "SYN is set"}, tcp_flag(wire::kTcpSyn), kFlag<wire::kTcpSyn>},
    {{"tcp.rst", Type::boolean, "RST is set"}, tcp_flag(wire::kTcpRst), kFlag<wire::kTcpRst>},
    {{"tcp.psh", Type::boolean, "PSH is set"}, tcp_flag(wire::kTcpPsh), kFlag<wire::kTcpPsh>},
    {{"tcp.ack", Type::boolean, "ACK is set"}, tcp_flag(wire::kTcpAck), kFlag<wire::kTcpAck>},
    {{"tcp.urg", Type::boolean, "URG is set"}, tcp_flag(wire::kTcpUrg), kFlag<wire::kTcpUrg>},
    {{"tcp.sequence", Type::number, "the sequence number", Sides::one, kMost32}, {kTcp, HOLTER_SLOT(tcp_sequence)}},
    {{"tcp.acknowledgment", Type::number, "the acknowledgment number", Sides::one, kMost32},
     {kTcp, HOLTER_SLOT(tcp_acknowledgment)}},
    {{"tcp.window", Type::number, "the window, not scaled", Sides::one, kMostPort}, {kTcp, HOLTER_SLOT(tcp_window)}},
    {{"udp", Type::boolean, "has a UDP header"}, has_one_of(kUdp), kWas<was_udp>},
    {{"udp.port", Type::number, "either port", Sides::two, kMostPort},
     {kUdp, kSourcePortSlot, kDestinationPortSlot},
     kPorts<was_udp>},
    {{"udp.src_port", Type::number, "the source port", Sides::one, kMostPort},
     {kUdp, kSourcePortSlot},
     kSourcePort<was_udp>},
    {{"udp.dst_port", Type::number, "the destination port", Sides::one, kMostPort},
     {kUdp, kDestinationPortSlot},
     kDestinationPort<was_udp>},
});

template <Anomaly anomaly>
constexpr PacketField anomaly_row(std::string_view name, std::string_view description) {
  return {{name, Type::boolean, description}, anomaly_of(anomaly), kAnomaly<anomaly>};
}

constexpr std::array kAnomalyRows = std::to_array<PacketField>({
    {{"anomaly", Type::boolean, "something is wrong with it: any of those below"},
     {0, HOLTER_SLOT(anomalies)},
     kStored<[](const auto& r, auto& v) { v.truth(r.anomalies != 0); }>},
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
