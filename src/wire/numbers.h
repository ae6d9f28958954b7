// The assigned numbers that wire knows, under the names of their registries: ARPHRD (Linux if_arp.h), LINKTYPE
// (tcpdump.org), ETHERTYPE (IEEE 802), IPPROTO (IANA); spelled kRegistryName because the system's headers define the
// capital forms as macros. Constants only.
#pragma once

#include <cstdint>

namespace holter::wire {

inline constexpr std::uint16_t kArphrdEther = 1;
inline constexpr std::uint16_t kArphrdLoopback = 772;  // Ethernet headers with zero addresses
inline constexpr std::uint16_t kArphrdNone = 0xfffe;   // tun: bare IP packets

inline constexpr std::uint32_t kLinktypeNull = 0;
inline constexpr std::uint32_t kLinktypeEthernet = 1;
inline constexpr std::uint32_t kLinktypePpp = 9;
inline constexpr std::uint32_t kLinktypeRawBsd = 12;      // what libpcap wrote for bare IP on most systems
inline constexpr std::uint32_t kLinktypeRawOpenBsd = 14;  // and on OpenBSD
inline constexpr std::uint32_t kLinktypePppHdlc = 50;     // in HDLC-like framing, or Cisco's
inline constexpr std::uint32_t kLinktypePppEther = 51;    // a PPPoE session, from its header on
inline constexpr std::uint32_t kLinktypeRaw = 101;        // bare IP packets of either version
inline constexpr std::uint32_t kLinktypeCiscoHdlc = 104;
inline constexpr std::uint32_t kLinktypeLoop = 108;
inline constexpr std::uint32_t kLinktypeLinuxSll = 113;
inline constexpr std::uint32_t kLinktypeIpv4 = 228;
inline constexpr std::uint32_t kLinktypeUser0 = 147;  // "private use": frames of a link that has no number here
inline constexpr std::uint32_t kLinktypeIpv6 = 229;
inline constexpr std::uint32_t kLinktypeLinuxSll2 = 276;

inline constexpr std::uint16_t kEthertypeIp = 0x0800;
inline constexpr std::uint16_t kEthertypeArp = 0x0806;
inline constexpr std::uint16_t kEthertypeVlan = 0x8100;  // IEEE 802.1Q C-tag
inline constexpr std::uint16_t kEthertypeIpv6 = 0x86dd;
inline constexpr std::uint16_t kEthertypeQinq = 0x88a8;     // IEEE 802.1ad S-tag
inline constexpr std::uint16_t kEthertypeQinqOld = 0x9100;  // stacked tags before 802.1ad
inline constexpr std::uint16_t kEthertypeQinqOld2 = 0x9200;
inline constexpr std::uint16_t kEthertypeQinqOld3 = 0x9300;
inline constexpr std::uint16_t kEthertypeRarp = 0x8035;
inline constexpr std::uint16_t kEthertypeTransparentEthernet = 0x6558;
inline constexpr std::uint16_t kEthertypeIpx = 0x8137;
inline constexpr std::uint16_t kEthertypeSlow = 0x8809;
inline constexpr std::uint16_t kEthertypeMpls = 0x8847;
inline constexpr std::uint16_t kEthertypeMplsUpstream = 0x8848;
inline constexpr std::uint16_t kEthertypePppoeDiscovery = 0x8863;
inline constexpr std::uint16_t kEthertypePppoeSession = 0x8864;
inline constexpr std::uint16_t kEthertypePpp = 0x880b;
inline constexpr std::uint16_t kEthertypeLldp = 0x88cc;
inline constexpr std::uint16_t kEthertypeErspan2 = 0x88be;
inline constexpr std::uint16_t kEthertypeErspan3 = 0x22eb;
inline constexpr std::uint16_t kEthertypeCdp = 0x2000;       // in GRE and Cisco HDLC, as behind Cisco's OUI
inline constexpr std::uint16_t kLargest8023Length = 1'500;   // up to here the field is an 802.3 length (LLC follows)
inline constexpr std::uint16_t kSmallestEtherType = 0x0600;  // and from here an ether type

inline constexpr std::uint8_t kIpprotoHopopts = 0;
inline constexpr std::uint8_t kIpprotoIcmp = 1;
inline constexpr std::uint8_t kIpprotoIgmp = 2;
inline constexpr std::uint8_t kIpprotoIpv4 = 4;
inline constexpr std::uint8_t kIpprotoTcp = 6;
inline constexpr std::uint8_t kIpprotoUdp = 17;
inline constexpr std::uint8_t kIpprotoIpv6 = 41;
inline constexpr std::uint8_t kIpprotoRouting = 43;
inline constexpr std::uint8_t kIpprotoFragment = 44;
inline constexpr std::uint8_t kIpprotoGre = 47;
inline constexpr std::uint8_t kIpprotoEsp = 50;
inline constexpr std::uint8_t kIpprotoAh = 51;
inline constexpr std::uint8_t kIpprotoIcmpv6 = 58;
inline constexpr std::uint8_t kIpprotoNone = 59;
inline constexpr std::uint8_t kIpprotoDstopts = 60;
inline constexpr std::uint8_t kIpprotoSctp = 132;
inline constexpr std::uint8_t kIpprotoMh = 135;
inline constexpr std::uint8_t kIpprotoUdplite = 136;
inline constexpr std::uint8_t kIpprotoHip = 139;
inline constexpr std::uint8_t kIpprotoShim6 = 140;

// What the first byte of a frame belongs to.
enum class LinkType : std::uint8_t {
  ethernet = 0,
  raw_ip = 1,
  linux_cooked_v1 = 2,
  linux_cooked_v2 = 3,
  bsd_null = 4,
  ppp = 5,
  pppoe = 6,
  cisco_hdlc = 7,
  unknown = 255
};
inline constexpr unsigned kLinkTypeCount = 8;  // that are known

constexpr LinkType link_type_of_arphrd(std::uint16_t arphrd) {
  if (arphrd == kArphrdEther || arphrd == kArphrdLoopback) return LinkType::ethernet;
  return arphrd == kArphrdNone ? LinkType::raw_ip : LinkType::unknown;
}

constexpr LinkType link_type_of_pcap(std::uint32_t linktype) {
  switch (linktype) {
    case kLinktypeEthernet: return LinkType::ethernet;
    case kLinktypeRaw:
    case kLinktypeRawBsd:
    case kLinktypeRawOpenBsd:
    case kLinktypeIpv4:
    case kLinktypeIpv6: return LinkType::raw_ip;
    case kLinktypeLinuxSll: return LinkType::linux_cooked_v1;
    case kLinktypeLinuxSll2: return LinkType::linux_cooked_v2;
    case kLinktypeNull:
    case kLinktypeLoop: return LinkType::bsd_null;
    case kLinktypePpp:
    case kLinktypePppHdlc: return LinkType::ppp;
    case kLinktypePppEther: return LinkType::pppoe;
    case kLinktypeCiscoHdlc: return LinkType::cisco_hdlc;
    default: return LinkType::unknown;
  }
}

// The LINKTYPE to write for frames of an interface; a number that says "unknown" where there is none.
constexpr std::uint32_t pcap_of_link_type(LinkType link) {
  switch (link) {
    case LinkType::ethernet: return kLinktypeEthernet;
    case LinkType::raw_ip: return kLinktypeRaw;
    case LinkType::linux_cooked_v1: return kLinktypeLinuxSll;
    case LinkType::linux_cooked_v2: return kLinktypeLinuxSll2;
    case LinkType::bsd_null: return kLinktypeNull;
    case LinkType::ppp: return kLinktypePppHdlc;
    case LinkType::pppoe: return kLinktypePppEther;
    case LinkType::cisco_hdlc: return kLinktypeCiscoHdlc;
    case LinkType::unknown: break;
  }
  return kLinktypeUser0;
}

}  // namespace holter::wire
