#include "describe/packet_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "describe/link_words.h"

namespace holter::describe {
namespace {

struct Name {
  std::uint16_t number;
  std::string_view name;
};

// At most 6 columns each.
constexpr auto kIpProtocols = std::to_array<Name>({{1, "ICMP"},
                                                   {2, "IGMP"},
                                                   {4, "IPIP"},
                                                   {6, "TCP"},
                                                   {17, "UDP"},
                                                   {33, "DCCP"},
                                                   {41, "6in4"},
                                                   {47, "GRE"},
                                                   {50, "ESP"},
                                                   {51, "AH"},
                                                   {58, "ICMPv6"},
                                                   {88, "EIGRP"},
                                                   {89, "OSPF"},
                                                   {103, "PIM"},
                                                   {112, "VRRP"},
                                                   {115, "L2TP"},
                                                   {132, "SCTP"},
                                                   {136, "UDPLit"}});

constexpr auto kEtherTypes = std::to_array<Name>(
    {{0x0800, "IPv4"},  {0x0806, "ARP"},    {0x0842, "WoL"},  {0x22f0, "AVTP"}, {0x8035, "RARP"},  {0x8100, "VLAN"},
     {0x86dd, "IPv6"},  {0x8809, "LACP"},   {0x8847, "MPLS"}, {0x8848, "MPLS"}, {0x8863, "PPPoE"}, {0x8864, "PPPoE"},
     {0x888e, "EAPOL"}, {0x8892, "PNIO"},   {0x88a4, "ECAT"}, {0x88a8, "QinQ"}, {0x88b8, "GOOSE"}, {0x88ba, "SV"},
     {0x88cc, "LLDP"},  {0x88e5, "MACsec"}, {0x88f7, "PTP"},  {0x8902, "CFM"},  {0x9000, "LOOP"}});

struct IcmpName {
  std::uint8_t type;
  int code;  // -1: the type itself
  std::string_view words;
};

constexpr auto kIcmp = std::to_array<IcmpName>({
    {0, -1, "echo reply"},
    {3, -1, "destination unreachable"},
    {3, 0, "network"},
    {3, 1, "host"},
    {3, 2, "protocol"},
    {3, 3, "port"},
    {3, 4, "fragmentation needed"},
    {3, 5, "source route failed"},
    {3, 6, "network unknown"},
    {3, 7, "host unknown"},
    {3, 9, "network prohibited"},
    {3, 10, "host prohibited"},
    {3, 13, "prohibited by a filter"},
    {4, -1, "source quench"},
    {5, -1, "redirect"},
    {5, 0, "for the network"},
    {5, 1, "for the host"},
    {8, -1, "echo request"},
    {9, -1, "router advertisement"},
    {10, -1, "router solicitation"},
    {11, -1, "time exceeded"},
    {11, 0, "in transit"},
    {11, 1, "in reassembly"},
    {12, -1, "parameter problem"},
    {13, -1, "timestamp request"},
    {14, -1, "timestamp reply"},
    {17, -1, "address mask request"},
    {18, -1, "address mask reply"},
});

constexpr auto kIcmpv6 = std::to_array<IcmpName>({
    {1, -1, "destination unreachable"},
    {1, 0, "no route"},
    {1, 1, "prohibited by a filter"},
    {1, 2, "beyond the source's scope"},
    {1, 3, "address"},
    {1, 4, "port"},
    {1, 5, "the source's address is not allowed"},
    {1, 6, "the route rejects it"},
    {2, -1, "packet too big"},
    {3, -1, "time exceeded"},
    {3, 0, "in transit"},
    {3, 1, "in reassembly"},
    {4, -1, "parameter problem"},
    {4, 0, "header field"},
    {4, 1, "next header"},
    {4, 2, "option"},
    {128, -1, "echo request"},
    {129, -1, "echo reply"},
    {130, -1, "multicast listener query"},
    {131, -1, "multicast listener report"},
    {132, -1, "multicast listener done"},
    {133, -1, "router solicitation"},
    {134, -1, "router advertisement"},
    {135, -1, "neighbour solicitation"},
    {136, -1, "neighbour advertisement"},
    {137, -1, "redirect"},
    {143, -1, "multicast listener report v2"},
});

template <class Table>
std::string_view name_in(const Table& table, std::uint16_t number) {
  const auto row = std::ranges::find(table, number, &Name::number);
  return row == table.end() ? std::string_view() : row->name;
}

template <class Table>
std::string_view icmp_name(const Table& table, std::uint8_t type, int code) {
  const auto row = std::ranges::find_if(
      table, [type, code](const IcmpName& name) { return name.type == type && name.code == code; });
  return row == table.end() ? std::string_view() : row->words;
}

}  // namespace

std::string protocol_name(const wire::Packet& packet) {
  if (packet.end == wire::DecodeEnd::unknown_link) return "link";
  if (const auto name = link_protocol_name(packet); !name.empty()) return std::string(name);
  if (packet.is_ip()) {
    const auto name = name_in(kIpProtocols, packet.ip_protocol);
    if (packet.ip_protocol == wire::kIpprotoNone || (name.empty() && packet.ip_protocol == 0)) {
      return packet.has(wire::Protocol::ipv6) ? "IPv6" : "IPv4";
    }
    return name.empty() ? fmt::format("ip-{}", packet.ip_protocol) : std::string(name);
  }
  const bool any_link = packet.has(wire::Protocol::ethernet) || packet.has(wire::Protocol::linux_cooked) ||
                        packet.has(wire::Protocol::bsd_null) || packet.ether_type != 0;
  if (!any_link) return "-";
  if (packet.ether_type < wire::kSmallestEtherType) return "LLC";
  const auto name = name_in(kEtherTypes, packet.ether_type);
  return name.empty() ? fmt::format("{:#06x}", packet.ether_type) : std::string(name);
}

std::string tcp_flag_words(std::uint8_t flags) {
  // In the order in which people say them.
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 8> kFlags = {{{0x02, "SYN"},
                                                                                {0x01, "FIN"},
                                                                                {0x04, "RST"},
                                                                                {0x08, "PSH"},
                                                                                {0x10, "ACK"},
                                                                                {0x20, "URG"},
                                                                                {0x40, "ECE"},
                                                                                {0x80, "CWR"}}};
  std::string words;
  for (const auto& [bit, name] : kFlags) {
    if ((flags & bit) != 0) words.append(words.empty() ? "" : " ").append(name);
  }
  return words.empty() ? "no flags" : words;
}

std::string icmp_words(const wire::Packet& packet) {
  const bool v6 = packet.has(wire::Protocol::icmpv6);
  const auto find = [&](int code) {
    return v6 ? icmp_name(kIcmpv6, packet.icmp_type, code) : icmp_name(kIcmp, packet.icmp_type, code);
  };
  const std::string_view type = find(-1);
  if (type.empty()) return fmt::format("type {} code {}", packet.icmp_type, packet.icmp_code);
  const std::string_view code = find(packet.icmp_code);
  if (!code.empty()) return fmt::format("{}: {}", type, code);
  return packet.icmp_code == 0 ? std::string(type) : fmt::format("{}, code {}", type, packet.icmp_code);
}

std::string_view arp_operation_name(std::uint16_t operation) {
  constexpr std::array<std::string_view, 10> kNames = {"", "request", "reply", "reverse_request", "reverse_reply",
                                                       "", "",        "",      "inverse_request", "inverse_reply"};
  return operation < kNames.size() ? kNames[operation] : std::string_view();
}

std::string_view words_of(wire::Anomaly anomaly) {
  switch (anomaly) {
    case wire::Anomaly::header_malformed: return "a header does not fit";
    case wire::Anomaly::length_beyond_frame: return "claims more bytes than the frame had";
    case wire::Anomaly::bad_version: return "wrong IP version";
    case wire::Anomaly::bad_option: return "bad option";
    case wire::Anomaly::bad_network_checksum: return "bad IP checksum";
    case wire::Anomaly::bad_transport_checksum: return "bad checksum";
    case wire::Anomaly::too_deep: return "too many headers";
    case wire::Anomaly::odd_tcp_flags: return "odd TCP flags";
    case wire::Anomaly::fragment_beyond_limit: return "fragment beyond 65,535 bytes";
    case wire::Anomaly::reserved_flag: return "reserved IP flag set";
    case wire::Anomaly::zero_hop_limit: return "hop limit 0";
    case wire::Anomaly::over_budget: return "more parts than are looked at";
    case wire::Anomaly::name_loop: return "a name leads back to itself";
    case wire::Anomaly::fragment_overlap: return "fragments overlap";
    case wire::Anomaly::empty_frame: return "empty frame";
    case wire::Anomaly::malformed_payload: return "malformed payload";
  }
  return "odd";
}

std::string_view to_string(wire::DecodeEnd end) {
  switch (end) {
    case wire::DecodeEnd::complete: return "complete";
    case wire::DecodeEnd::truncated: return "truncated";
    case wire::DecodeEnd::malformed: return "malformed";
    case wire::DecodeEnd::unknown_link: return "unknown_link";
    case wire::DecodeEnd::unknown_ether_type: return "unknown_ether_type";
    case wire::DecodeEnd::unknown_ip_protocol: return "unknown_ip_protocol";
    case wire::DecodeEnd::too_deep: return "too_deep";
    case wire::DecodeEnd::unknown_llc_sap: return "unknown_llc_sap";
    case wire::DecodeEnd::unknown_snap_protocol: return "unknown_snap_protocol";
    case wire::DecodeEnd::unknown_ppp_protocol: return "unknown_ppp_protocol";
  }
  return "complete";
}

std::string to_string(const wire::MacAddress& mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

}  // namespace holter::describe
