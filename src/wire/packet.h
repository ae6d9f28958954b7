// Packet is everything the hot path keeps of one decoded frame: flat, two cache lines, no pointers, no heap. Of a frame
// that carries a tunnel it is the innermost packet; the outer ones are decoded by asking for fewer tunnels. Offsets
// point into the frame's captured bytes, so a view of any layer can be parsed again from them. Numbers are in host
// order, addresses in network order (the first 4 bytes for IPv4). A field means something only when `has()` says that
// its protocol was decoded. Value type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/byte_reader.h"
#include "base/ip.h"
#include "wire/numbers.h"

namespace holter::wire {

// Bits of Packet::protocols. Append only: filters and records may keep them.
enum class Protocol : std::uint8_t {
  ethernet,
  vlan,
  arp,
  ipv4,
  ipv6,
  ipv6_hop_by_hop,
  ipv6_routing,
  ipv6_fragment,
  ipv6_destination,
  icmp,
  icmpv6,
  tcp,
  udp,
  linux_cooked,
  bsd_null,
  llc,
  snap,
  mpls,
  pppoe,
  stp,
  lldp,
  cdp,
  lacp,
  igmp,
  ah,
  esp,
  ipv6_mobility,
  hip,
  shim6,
  sctp,
  udp_lite,
  gre,
  ip_in_ip,  // IPv4 or IPv6 straight in IPv4 or IPv6
  vxlan,
  geneve,
  gtp_u,
  ppp,
  cisco_hdlc,
  erspan,
  // From here on only in a FieldList, never in Packet::protocols: what applications say to each other.
  frame,
  dns,
  mdns,
  dhcp,
  dhcpv6,
  ntp,
  tls,
  http,
  quic,
  llmnr,
  ssh,
  hsrp,
};
inline constexpr std::size_t kProtocolCount = static_cast<std::size_t>(Protocol::hsrp) + 1;
static_assert(kProtocolCount <= 64, "Packet::protocols is a set of 64");

// What is wrong with a packet by its own account. Bits of Packet::anomalies and of record::PacketRecord: append only.
// A frame that was merely cut by the capture is Packet::truncated and has none of these.
enum class Anomaly : std::uint8_t {
  header_malformed = 0,     // a header does not fit in the length its own layers claim
  length_beyond_frame = 1,  // a length field claims more than the frame had on the wire
  bad_version = 2,          // the IP version does not match what announced it
  bad_option = 3,           // an option runs out of its header
  bad_network_checksum = 4,
  bad_transport_checksum = 5,
  too_deep = 6,               // more layers than kMaxLayers
  odd_tcp_flags = 7,          // SYN with FIN or RST, or none at all
  fragment_beyond_limit = 8,  // a fragment that ends past 65,535 bytes
  reserved_flag = 9,          // the reserved bit of IPv4's flags (RFC 791)
  zero_hop_limit = 10,        // TTL or hop limit 0 on the wire
  over_budget = 11,           // more headers, options or records than kMaxSteps: the rest was not looked at
  name_loop = 12,             // a compressed name that leads back to itself or on and on
  fragment_overlap = 13,      // a fragment that claims bytes another one already gave (RFC 5722)
  empty_frame = 14,           // no bytes on the wire at all
  malformed_payload = 15,     // what an application said breaks the rules of its protocol
};
inline constexpr unsigned kAnomalyCount = 16;

std::string_view to_string(Protocol protocol);
std::string_view to_string(Anomaly anomaly);

enum class ChecksumState : std::uint8_t {
  none,  // no checksum: the layer is absent or its sender left it out
  good,
  bad,
  unverified,  // cut, a fragment, or the device had still to fill it in
};
std::string_view to_string(ChecksumState state);

// Why decoding ended.
enum class DecodeEnd : std::uint8_t {
  complete,
  truncated,
  malformed,
  unknown_link,
  unknown_ether_type,
  unknown_ip_protocol,
  too_deep,
  unknown_llc_sap,
  unknown_snap_protocol,  // behind an OUI of its own, or Cisco's
  unknown_ppp_protocol,
};

using MacAddress = std::array<std::uint8_t, 6>;

struct Packet {
  std::uint64_t protocols = 0;  // bit set of Protocol
  std::uint32_t captured_length = 0;
  std::uint32_t original_length = 0;
  std::uint32_t payload_length = 0;  // claimed bytes behind the innermost decoded header, without padding
  std::uint32_t anomalies = 0;       // bit set of Anomaly, of the whole frame
  std::uint32_t tcp_sequence = 0;
  std::uint32_t tcp_acknowledgment = 0;
  std::uint32_t tunnel_id = 0;    // of the innermost tunnel: VNI, TEID, GRE key; 0 without
  std::uint32_t tunnel_ends = 0;  // a hash over the outer addresses and ids of all tunnels, the same both ways
  std::uint16_t payload_offset = 0;
  std::uint16_t network_offset = 0;
  std::uint16_t transport_offset = 0;
  std::uint16_t ether_type = 0;  // the innermost, behind the tags; an 802.3 length when below kSmallestEtherType
  std::array<std::uint16_t, 2> vlan_tci{};  // outermost first; deeper tags are only counted
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t fragment_offset = 0;  // in bytes
  std::uint16_t icmp_id = 0;          // echo
  std::uint16_t icmp_sequence = 0;
  std::uint16_t tcp_window = 0;
  std::uint16_t arp_operation = 0;
  std::uint16_t unknown = 0;  // the number for which there is no decoder, of the registry that `end` names
  std::uint8_t vlan_count = 0;
  std::uint8_t ip_protocol = 0;  // the upper layer's, behind extension headers
  std::uint8_t hop_limit = 0;    // TTL for IPv4
  std::uint8_t traffic_class = 0;
  std::uint8_t tcp_flags = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint8_t layers = 0;
  std::uint8_t tunnels = 0;              // how many the packet was taken out of
  Protocol tunnel = Protocol::ethernet;  // the kind of the innermost; of a packet in a tunnel only
  ChecksumState network_checksum = ChecksumState::none;
  ChecksumState transport_checksum = ChecksumState::none;
  DecodeEnd end = DecodeEnd::complete;
  bool truncated = false;  // a header was cut: the capture has fewer bytes than the frame had
  bool more_fragments = false;
  MacAddress source_mac{};
  MacAddress destination_mac{};
  std::array<std::uint8_t, 16> source{};  // IPv4, IPv6, or ARP's protocol addresses
  std::array<std::uint8_t, 16> destination{};

  constexpr bool has(Protocol p) const { return (protocols >> static_cast<unsigned>(p) & 1U) != 0; }
  constexpr bool has(Anomaly a) const { return (anomalies >> static_cast<unsigned>(a) & 1U) != 0; }
  constexpr void add(Protocol p) { protocols |= std::uint64_t{1} << static_cast<unsigned>(p); }
  constexpr void add(Anomaly a) { anomalies |= 1U << static_cast<unsigned>(a); }

  constexpr bool is_ip() const { return has(Protocol::ipv4) || has(Protocol::ipv6); }
  constexpr bool is_fragment() const { return more_fragments || fragment_offset != 0; }
  constexpr std::uint16_t vlan_id() const { return vlan_count == 0 ? 0 : vlan_tci[0] & 0x0fff; }
  // No decoder for what the frame itself carries (IPX, PTP, an unknown link), as CaptureStats counts it.
  constexpr bool undecoded() const {
    return end == DecodeEnd::unknown_link || end == DecodeEnd::unknown_ether_type || end >= DecodeEnd::unknown_llc_sap;
  }

  friend bool operator==(const Packet&, const Packet&) = default;

  base::IpAddress source_address() const;
  base::IpAddress destination_address() const;
  // The captured part of the payload, of the same captured bytes that were decoded.
  base::Bytes payload(base::Bytes captured) const;
};

static_assert(sizeof(Packet) <= 128, "a packet is two cache lines");

}  // namespace holter::wire
