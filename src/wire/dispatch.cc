#include "wire/dispatch.h"

#include <array>
#include <limits>
#include <span>

#include "wire/application/application.h"
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
#include "wire/tunnel/ip_in_ip.h"
#include "wire/tunnel/vxlan.h"
#include "wire/usual_frame.h"

namespace holter::wire {
namespace {

using DecodeFunction = Next (*)(Decoder&);

struct Row {
  std::uint16_t number;
  DecodeFunction decode;
};

// Bare IP has no ether type: the version in the first byte names the next layer.
Next decode_raw_ip(Decoder& decoder) {
  const Window window = decoder.window();
  if (window.captured.empty()) return decoder.fail(window.fault_of(1));
  const bool v6 = window.captured[0] >> 4 == 6;
  decoder.packet.ether_type = v6 ? kEthertypeIpv6 : kEthertypeIp;
  return {Space::ether_type, decoder.packet.ether_type};
}

constexpr std::uint16_t number_of(LinkType link) { return static_cast<std::uint16_t>(link); }

constexpr auto kLinks = std::to_array<Row>({
    {number_of(LinkType::ethernet), decode_ethernet},
    {number_of(LinkType::raw_ip), decode_raw_ip},
    {number_of(LinkType::linux_cooked_v1), decode_cooked_v1},
    {number_of(LinkType::linux_cooked_v2), decode_cooked_v2},
    {number_of(LinkType::bsd_null), decode_bsd_null},
    {number_of(LinkType::ppp), decode_ppp},
    {number_of(LinkType::pppoe), decode_pppoe_session},
    {number_of(LinkType::cisco_hdlc), decode_cisco_hdlc},
});

constexpr auto kEtherTypes = std::to_array<Row>({
    {kEthertypeIp, decode_ipv4},
    {kEthertypeIpv6, decode_ipv6},
    {kEthertypeArp, decode_arp},
    {kEthertypeVlan, decode_vlan},
    {kEthertypeQinq, decode_vlan},
    {kEthertypeQinqOld, decode_vlan},
    {kEthertypeQinqOld2, decode_vlan},
    {kEthertypeQinqOld3, decode_vlan},
    {kEthertypeMpls, decode_mpls},
    {kEthertypeMplsUpstream, decode_mpls},
    {kEthertypePppoeDiscovery, decode_pppoe_discovery},
    {kEthertypePppoeSession, decode_pppoe_session},
    {kEthertypeLldp, decode_lldp},
    {kEthertypeSlow, decode_slow},
    {kEthertypeRarp, decode_arp},
    {kEthertypeErspan2, decode_erspan},
    {kEthertypeErspan3, decode_erspan},
});

constexpr auto kIpProtocols = std::to_array<Row>({
    {kIpprotoTcp, decode_tcp},
    {kIpprotoUdp, decode_udp},
    {kIpprotoIcmp, decode_icmp},
    {kIpprotoIcmpv6, decode_icmpv6},
    {kIpprotoHopopts, decode_ipv6_hop_by_hop},
    {kIpprotoRouting, decode_ipv6_routing},
    {kIpprotoFragment, decode_ipv6_fragment},
    {kIpprotoDstopts, decode_ipv6_destination},
    {kIpprotoIgmp, decode_igmp},
    {kIpprotoAh, decode_ah},
    {kIpprotoEsp, decode_esp},
    {kIpprotoSctp, decode_sctp},
    {kIpprotoUdplite, decode_udp_lite},
    {kIpprotoMh, decode_mobility},
    {kIpprotoHip, decode_hip},
    {kIpprotoShim6, decode_shim6},
    {kIpprotoIpv4, decode_ipv4_in_ip},
    {kIpprotoIpv6, decode_ipv6_in_ip},
    {kIpprotoGre, decode_gre},
});

constexpr auto kLlcSaps = std::to_array<Row>({
    {kLlcSapSnap, decode_snap},
    {kLlcSapStp, decode_stp},
    {kLlcSapIp, decode_ipv4},
    {kLlcSapArp, decode_arp},
});

constexpr auto kCiscos = std::to_array<Row>({
    {kEthertypeCdp, decode_cdp},
    {kCiscoPvstPlus, decode_pvst},
});

constexpr auto kPppProtocols = std::to_array<Row>({
    {kPppIpv4, decode_ipv4},
    {kPppIpv6, decode_ipv6},
    {kPppMpls, decode_mpls},
    {kPppMplsMulticast, decode_mpls},
    {kPppLcp, decode_ppp_control},
    {kPppPap, decode_ppp_control},
    {kPppChap, decode_ppp_control},
});

// By the destination's port (IANA; 8472 is what Linux took before).
constexpr auto kUdpTunnels = std::to_array<Row>({
    {4789, decode_vxlan},
    {8472, decode_vxlan},
    {4790, decode_vxlan_gpe},
    {6081, decode_geneve},
    {2152, decode_gtp_u},
});

// The rows of the IP protocols by number, so that the most used space is one load.
constexpr std::array<DecodeFunction, 256> kByIpProtocol = [] {
  std::array<DecodeFunction, 256> table{};
  for (const Row& row : kIpProtocols) table[row.number] = row.decode;
  return table;
}();

DecodeFunction find_in(std::span<const Row> rows, std::uint16_t number) {
  for (const Row& row : rows) {
    if (row.number == number) return row.decode;
  }
  return nullptr;
}

// All network control protocols speak as LCP does (RFC 1661, 2).
DecodeFunction find_ppp(std::uint16_t number) {
  constexpr std::uint16_t kFirstControl = 0x8000, kLastControl = 0xbfff;
  if (number >= kFirstControl && number <= kLastControl) return decode_ppp_control;
  return find_in(kPppProtocols, number);
}

DecodeFunction find(Next next) {
  switch (next.space) {
    case Space::ip_protocol: return next.number < kByIpProtocol.size() ? kByIpProtocol[next.number] : nullptr;
    case Space::ether_type: return find_in(kEtherTypes, next.number);
    case Space::link: return find_in(kLinks, next.number);
    case Space::llc: return decode_llc;
    case Space::llc_sap: return find_in(kLlcSaps, next.number);
    case Space::cisco: return find_in(kCiscos, next.number);
    case Space::ppp_protocol: return find_ppp(next.number);
    case Space::udp_port: return find_in(kUdpTunnels, next.number);
    case Space::snap:
    case Space::tcp_port:
    case Space::end: break;
  }
  return nullptr;
}

DecodeEnd unknown(Next next) {
  switch (next.space) {
    case Space::link: return DecodeEnd::unknown_link;
    case Space::ether_type: return DecodeEnd::unknown_ether_type;
    case Space::llc_sap: return DecodeEnd::unknown_llc_sap;
    case Space::snap:
    case Space::cisco: return DecodeEnd::unknown_snap_protocol;
    case Space::ppp_protocol: return DecodeEnd::unknown_ppp_protocol;
    case Space::ip_protocol: return next.number == kIpprotoNone ? DecodeEnd::complete : DecodeEnd::unknown_ip_protocol;
    case Space::llc:
    case Space::udp_port:
    case Space::tcp_port:
    case Space::end: break;
  }
  return DecodeEnd::complete;
}

void begin(Packet& packet, const Window& frame, std::uint32_t original_length) {
  packet = {};
  packet.captured_length = static_cast<std::uint32_t>(frame.captured.size());
  packet.original_length = original_length;
}

void walk(const Window& frame, std::uint32_t original_length, LinkType link, const DecodeHints& hints,
          const DecodeWish& wish, Packet& packet);

// The quote's own lengths tell of a packet that is not here: nothing it claims is beyond the frame.
Packet walk_quote(Bytes quote, const DecodeWish& wish) {
  Packet packet;
  walk({quote, std::numeric_limits<std::uint32_t>::max()}, static_cast<std::uint32_t>(quote.size()), LinkType::raw_ip,
       {}, wish, packet);
  return packet;
}

void list_quote(const FieldInfo& group, Bytes quote, FieldList& fields) {
  fields.open(group);
  walk_quote(quote, {.checksums = false, .tunnels = 0, .quotes = false, .fields = &fields});
  fields.close();
}

void list_what_follows(Decoder& decoder, Next last, Bytes captured) {
  const Packet& packet = decoder.packet;
  if (packet.end != DecodeEnd::complete || !decoder.wish.quotes) return;
  if (last.space == Space::tcp_port && !decoder.wish.segments) return;
  if (last.space == Space::udp_port || last.space == Space::tcp_port) {
    list_application({decoder.window(), packet, decoder.steps, *decoder.wish.fields});
  } else if (has_quote(packet)) {
    const FieldInfo& group = packet.has(Protocol::icmpv6) ? kIcmpv6Fields.quoted : kIcmpFields.quoted;
    list_quote(group, packet.payload(captured), *decoder.wish.fields);
  }
}

void walk(const Window& frame, std::uint32_t original_length, LinkType link, const DecodeHints& hints,
          const DecodeWish& wish, Packet& packet) {
  begin(packet, frame, original_length);
  if (hints.has_vlan) {
    add_vlan_tag(packet, hints.vlan_tci);
    if (wish.fields != nullptr) {
      wish.fields->layer(Protocol::vlan);
      list_tag(*wish.fields, hints.vlan_tci);
    }
  }

  Decoder decoder(packet, frame, hints, wish);
  Next next{Space::link, number_of(link)};
  while (next.space != Space::end) {
    const DecodeFunction decode_next = find(next);
    if (decode_next == nullptr) {
      packet.end = unknown(next);
      if (packet.end != DecodeEnd::complete) packet.unknown = next.number;
      break;
    }
    if (packet.layers == kMaxLayers || decoder.offset() > kMaxHeaderOffset) {
      packet.add(Anomaly::too_deep);
      packet.end = DecodeEnd::too_deep;
      break;
    }
    ++packet.layers;
    decoder.steps.take();
    next = decode_next(decoder);
  }
  packet.payload_offset = static_cast<std::uint16_t>(std::min(decoder.offset(), kMaxHeaderOffset));
  packet.payload_length = static_cast<std::uint32_t>(decoder.window().claimed);
  if (original_length == 0) packet.add(Anomaly::empty_frame);
  if (wish.fields != nullptr) list_what_follows(decoder, next, frame.captured);
  if (decoder.steps.exhausted()) packet.add(Anomaly::over_budget);
}

}  // namespace

void decode(Bytes captured, std::uint32_t original_length, LinkType link, const DecodeHints& hints,
            const DecodeWish& wish, Packet& packet) {
  const auto claimed = std::max<std::size_t>(captured.size(), original_length);
  const Window frame(captured, claimed);
  if (link == LinkType::ethernet && wish.fields == nullptr) {
    begin(packet, frame, static_cast<std::uint32_t>(claimed));
    if (decode_usual(frame, hints, wish, packet)) return;
  }
  walk(frame, static_cast<std::uint32_t>(claimed), link, hints, wish, packet);
}

Packet decode(Bytes captured, std::uint32_t original_length, LinkType link, const DecodeHints& hints,
              const DecodeWish& wish) {
  Packet packet;
  decode(captured, original_length, link, hints, wish, packet);
  return packet;
}

bool is_tunnel_port(std::uint16_t udp_port) { return find_in(kUdpTunnels, udp_port) != nullptr; }

bool has_quote(const Packet& packet) {
  return (packet.has(Protocol::icmp) && is_icmp_error(packet.icmp_type)) ||
         (packet.has(Protocol::icmpv6) && is_icmpv6_error(packet.icmp_type));
}

Packet decode_quoted(Bytes captured, const Packet& error) { return walk_quote(error.payload(captured), {}); }

}  // namespace holter::wire
