#include "wire/packet.h"

#include <algorithm>

namespace holter::wire {
namespace {

base::IpAddress address_of(const std::array<std::uint8_t, 16>& bytes, bool v6) {
  return v6 ? base::IpAddress::v6(bytes) : base::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

}  // namespace

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::ethernet: return "ethernet";
    case Protocol::vlan: return "vlan";
    case Protocol::arp: return "arp";
    case Protocol::ipv4: return "ipv4";
    case Protocol::ipv6: return "ipv6";
    case Protocol::ipv6_hop_by_hop: return "ipv6_hop_by_hop";
    case Protocol::ipv6_routing: return "ipv6_routing";
    case Protocol::ipv6_fragment: return "ipv6_fragment";
    case Protocol::ipv6_destination: return "ipv6_destination";
    case Protocol::icmp: return "icmp";
    case Protocol::icmpv6: return "icmpv6";
    case Protocol::tcp: return "tcp";
    case Protocol::udp: return "udp";
    case Protocol::linux_cooked: return "linux_cooked";
    case Protocol::bsd_null: return "bsd_null";
    case Protocol::llc: return "llc";
    case Protocol::snap: return "snap";
    case Protocol::mpls: return "mpls";
    case Protocol::pppoe: return "pppoe";
    case Protocol::stp: return "stp";
    case Protocol::lldp: return "lldp";
    case Protocol::cdp: return "cdp";
    case Protocol::lacp: return "lacp";
    case Protocol::igmp: return "igmp";
    case Protocol::ah: return "ah";
    case Protocol::esp: return "esp";
    case Protocol::ipv6_mobility: return "ipv6_mobility";
    case Protocol::hip: return "hip";
    case Protocol::shim6: return "shim6";
    case Protocol::sctp: return "sctp";
    case Protocol::udp_lite: return "udp_lite";
    case Protocol::gre: return "gre";
    case Protocol::ip_in_ip: return "ip_in_ip";
    case Protocol::vxlan: return "vxlan";
    case Protocol::geneve: return "geneve";
    case Protocol::gtp_u: return "gtp_u";
    case Protocol::ppp: return "ppp";
    case Protocol::cisco_hdlc: return "cisco_hdlc";
    case Protocol::erspan: return "erspan";
    case Protocol::frame: return "frame";
    case Protocol::dns: return "dns";
    case Protocol::mdns: return "mdns";
    case Protocol::dhcp: return "dhcp";
    case Protocol::dhcpv6: return "dhcpv6";
    case Protocol::ntp: return "ntp";
    case Protocol::tls: return "tls";
    case Protocol::http: return "http";
    case Protocol::quic: return "quic";
    case Protocol::llmnr: return "llmnr";
    case Protocol::ssh: return "ssh";
    case Protocol::hsrp: return "hsrp";
  }
  return "unknown";
}

std::string_view to_string(Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::header_malformed: return "header_malformed";
    case Anomaly::length_beyond_frame: return "length_beyond_frame";
    case Anomaly::bad_version: return "bad_version";
    case Anomaly::bad_option: return "bad_option";
    case Anomaly::bad_network_checksum: return "bad_network_checksum";
    case Anomaly::bad_transport_checksum: return "bad_transport_checksum";
    case Anomaly::too_deep: return "too_deep";
    case Anomaly::odd_tcp_flags: return "odd_tcp_flags";
    case Anomaly::fragment_beyond_limit: return "fragment_beyond_limit";
    case Anomaly::reserved_flag: return "reserved_flag";
    case Anomaly::zero_hop_limit: return "zero_hop_limit";
    case Anomaly::over_budget: return "over_budget";
    case Anomaly::name_loop: return "name_loop";
    case Anomaly::fragment_overlap: return "fragment_overlap";
    case Anomaly::empty_frame: return "empty_frame";
    case Anomaly::malformed_payload: return "malformed_payload";
  }
  return "unknown";
}

std::string_view to_string(ChecksumState state) {
  switch (state) {
    case ChecksumState::none: return "none";
    case ChecksumState::good: return "good";
    case ChecksumState::bad: return "bad";
    case ChecksumState::unverified: return "unverified";
  }
  return "none";
}

base::IpAddress Packet::source_address() const { return address_of(source, has(Protocol::ipv6)); }
base::IpAddress Packet::destination_address() const { return address_of(destination, has(Protocol::ipv6)); }

base::Bytes Packet::payload(base::Bytes captured) const {
  if (payload_offset >= captured.size()) return {};
  return captured.subspan(payload_offset, std::min<std::size_t>(payload_length, captured.size() - payload_offset));
}

}  // namespace holter::wire
