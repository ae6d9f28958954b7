#include "wire/field_registry.h"

#include <algorithm>
#include <array>

#include "wire/application/dhcp.h"
#include "wire/application/dhcpv6.h"
#include "wire/application/dns_fields.h"
#include "wire/application/hsrp.h"
#include "wire/application/http_fields.h"
#include "wire/application/ntp.h"
#include "wire/application/quic.h"
#include "wire/application/ssh.h"
#include "wire/application/tls_fields.h"
#include "wire/frame_fields.h"
#include "wire/link/arp.h"
#include "wire/link/bsd_null.h"
#include "wire/link/cdp.h"
#include "wire/link/cooked.h"
#include "wire/link/ethernet.h"
#include "wire/link/lacp.h"
#include "wire/link/llc.h"
#include "wire/link/lldp.h"
#include "wire/link/mpls.h"
#include "wire/link/ppp.h"
#include "wire/link/pppoe.h"
#include "wire/link/stp.h"
#include "wire/link/vlan.h"
#include "wire/network/icmp.h"
#include "wire/network/igmp.h"
#include "wire/network/ipsec.h"
#include "wire/network/ipv4.h"
#include "wire/network/ipv6.h"
#include "wire/network/ipv6_control.h"
#include "wire/network/ipv6_extension.h"
#include "wire/transport/sctp.h"
#include "wire/transport/tcp.h"
#include "wire/transport/udp.h"
#include "wire/transport/udp_lite.h"
#include "wire/tunnel/erspan.h"
#include "wire/tunnel/geneve.h"
#include "wire/tunnel/gre.h"
#include "wire/tunnel/gtp_u.h"
#include "wire/tunnel/vxlan.h"

namespace holter::wire {
namespace {

// A struct of nothing but FieldInfo is looped over as the array that it is in memory.
template <class Fields>
std::span<const FieldInfo> listed(const Fields& fields) {
  static_assert(sizeof(Fields) % sizeof(FieldInfo) == 0 && alignof(Fields) == alignof(FieldInfo));
  return {reinterpret_cast<const FieldInfo*>(&fields), sizeof(Fields) / sizeof(FieldInfo)};
}

const auto kAll = std::to_array<LayerFields>({
    {Protocol::frame, listed(kFrameFields), "the frame itself"},
    {Protocol::ethernet, listed(kEthernetFields), "Ethernet II and IEEE 802.3"},
    {Protocol::linux_cooked, listed(kLinuxCookedFields), "Linux cooked captures, version 1 and 2"},
    {Protocol::bsd_null, listed(kBsdNullFields), "BSD loopback"},
    {Protocol::vlan, listed(kVlanFields), "IEEE 802.1Q and 802.1ad tags"},
    {Protocol::llc, listed(kLlcFields), "IEEE 802.2 logical link control"},
    {Protocol::snap, listed(kSnapFields), "protocols of an organisation behind 802.2"},
    {Protocol::mpls, listed(kMplsFields), "MPLS, an entry of the stack a layer"},
    {Protocol::pppoe, listed(kPppoeFields), "PPP over Ethernet"},
    {Protocol::ppp, listed(kPppFields), "PPP"},
    {Protocol::cisco_hdlc, listed(kCiscoHdlcFields), "Cisco HDLC"},
    {Protocol::stp, listed(kStpFields), "spanning tree: STP, RSTP, MSTP and Cisco's per VLAN"},
    {Protocol::lldp, listed(kLldpFields), "LLDP"},
    {Protocol::cdp, listed(kCdpFields), "Cisco Discovery Protocol"},
    {Protocol::lacp, listed(kLacpFields), "link aggregation control and its markers"},
    {Protocol::arp, listed(kArpFields), "ARP and RARP"},
    {Protocol::ipv4, listed(kIpv4Fields), "IPv4"},
    {Protocol::ipv6, listed(kIpv6Fields), "IPv6"},
    {Protocol::ipv6_hop_by_hop, listed(kIpv6OptionsFields), "IPv6 hop-by-hop options"},
    {Protocol::ipv6_routing, listed(kIpv6RoutingFields), "IPv6 routing header"},
    {Protocol::ipv6_fragment, listed(kIpv6FragmentFields), "IPv6 fragment header"},
    {Protocol::ipv6_destination, listed(kIpv6OptionsFields), "IPv6 destination options"},
    {Protocol::ah, listed(kAhFields), "IPsec authentication header"},
    {Protocol::esp, listed(kEspFields), "IPsec encapsulating security payload"},
    {Protocol::ipv6_mobility, listed(kMobilityFields), "IPv6 mobility header"},
    {Protocol::hip, listed(kHipFields), "host identity protocol"},
    {Protocol::shim6, listed(kShim6Fields), "multihoming by IPv6 intermediation"},
    {Protocol::icmp, listed(kIcmpFields), "ICMP"},
    {Protocol::icmpv6, listed(kIcmpv6Fields), "ICMPv6, with neighbour discovery and multicast listeners"},
    {Protocol::igmp, listed(kIgmpFields), "IGMP"},
    {Protocol::tcp, listed(kTcpFields), "TCP"},
    {Protocol::udp, listed(kUdpFields), "UDP"},
    {Protocol::udp_lite, listed(kUdpLiteFields), "UDP-Lite"},
    {Protocol::sctp, listed(kSctpFields), "SCTP"},
    {Protocol::ip_in_ip, {}, "IP straight in IP"},
    {Protocol::gre, listed(kGreFields), "GRE"},
    {Protocol::erspan, listed(kErspanFields), "ERSPAN, type II and III"},
    {Protocol::vxlan, listed(kVxlanFields), "VXLAN"},
    {Protocol::geneve, listed(kGeneveFields), "Geneve"},
    {Protocol::gtp_u, listed(kGtpUFields), "GTP-U"},
    {Protocol::dns, listed(kDnsFields), "DNS"},
    {Protocol::mdns, listed(kDnsFields), "multicast DNS"},
    {Protocol::llmnr, listed(kDnsFields), "link-local multicast name resolution"},
    {Protocol::dhcp, listed(kDhcpFields), "DHCP for IPv4, and BOOTP"},
    {Protocol::dhcpv6, listed(kDhcpv6Fields), "DHCPv6"},
    {Protocol::ntp, listed(kNtpFields), "NTP"},
    {Protocol::hsrp, listed(kHsrpFields), "HSRP, versions 1 and 2"},
    {Protocol::tls, listed(kTlsFields), "TLS, as far as it is not encrypted"},
    {Protocol::http, listed(kHttpFields), "HTTP/1, and SSDP"},
    {Protocol::quic, listed(kQuicFields), "QUIC, long headers"},
    {Protocol::ssh, listed(kSshFields), "the first line of SSH"},
});

}  // namespace

std::span<const LayerFields> all_fields() { return kAll; }

FoundField find_field(std::string_view full_name) {
  const std::size_t dot = full_name.find('.');
  const std::string_view layer = full_name.substr(0, dot);
  const auto row = std::ranges::find(kAll, layer, [](const LayerFields& r) { return to_string(r.layer); });
  if (row == kAll.end()) return {};
  if (dot == std::string_view::npos) return {true, {row->layer, nullptr}};
  const auto field = std::ranges::find(row->fields, full_name.substr(dot + 1), &FieldInfo::name);
  if (field == row->fields.end()) return {};
  return {true, {row->layer, &*field}};
}

std::string full_name(const FieldOfLayer& field) {
  std::string name(to_string(field.layer));
  if (field.field != nullptr) (name += '.') += field.field->name;
  return name;
}

}  // namespace holter::wire
