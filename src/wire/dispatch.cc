#include "wire/dispatch.h"

#include <array>
#include <limits>

#include "wire/arp.h"
#include "wire/bsd_null.h"
#include "wire/cooked.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/ipv6_extension.h"
#include "wire/tcp.h"
#include "wire/udp.h"
#include "wire/vlan.h"

namespace holter::wire {
namespace {

using DecodeFunction = Next (*)(Decoder&);

struct Row {
  Space space;
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

constexpr auto kRows = std::to_array<Row>({
    {Space::link, number_of(LinkType::ethernet), decode_ethernet},
    {Space::link, number_of(LinkType::raw_ip), decode_raw_ip},
    {Space::link, number_of(LinkType::linux_cooked_v1), decode_cooked_v1},
    {Space::link, number_of(LinkType::linux_cooked_v2), decode_cooked_v2},
    {Space::link, number_of(LinkType::bsd_null), decode_bsd_null},
    {Space::ether_type, kEthertypeIp, decode_ipv4},
    {Space::ether_type, kEthertypeIpv6, decode_ipv6},
    {Space::ether_type, kEthertypeArp, decode_arp},
    {Space::ether_type, kEthertypeVlan, decode_vlan},
    {Space::ether_type, kEthertypeQinq, decode_vlan},
    {Space::ether_type, kEthertypeQinqOld, decode_vlan},
    {Space::ip_protocol, kIpprotoTcp, decode_tcp},
    {Space::ip_protocol, kIpprotoUdp, decode_udp},
    {Space::ip_protocol, kIpprotoIcmp, decode_icmp},
    {Space::ip_protocol, kIpprotoIcmpv6, decode_icmpv6},
    {Space::ip_protocol, kIpprotoHopopts, decode_ipv6_hop_by_hop},
    {Space::ip_protocol, kIpprotoRouting, decode_ipv6_routing},
    {Space::ip_protocol, kIpprotoFragment, decode_ipv6_fragment},
    {Space::ip_protocol, kIpprotoDstopts, decode_ipv6_destination},
});

// The rows of the IP protocols by number, so that the most used space is one load.
constexpr std::array<DecodeFunction, 256> kByIpProtocol = [] {
  std::array<DecodeFunction, 256> table{};
  for (const Row& row : kRows) {
    if (row.space == Space::ip_protocol) table[row.number] = row.decode;
  }
  return table;
}();

DecodeFunction find(Next next) {
  if (next.space == Space::ip_protocol)
    return next.number < kByIpProtocol.size() ? kByIpProtocol[next.number] : nullptr;
  for (const Row& row : kRows) {
    if (row.space == next.space && row.number == next.number) return row.decode;
  }
  return nullptr;
}

DecodeEnd unknown(Next next) {
  switch (next.space) {
    case Space::link: return DecodeEnd::unknown_link;
    case Space::ether_type: return DecodeEnd::unknown_ether_type;
    case Space::ip_protocol: return next.number == kIpprotoNone ? DecodeEnd::complete : DecodeEnd::unknown_ip_protocol;
    case Space::end: break;
  }
  return DecodeEnd::complete;
}

Packet walk(Window frame, std::uint32_t original_length, LinkType link, const DecodeHints& hints) {
  Packet packet;
  packet.captured_length = static_cast<std::uint32_t>(frame.captured.size());
  packet.original_length = original_length;
  if (hints.has_vlan) add_vlan_tag(packet, hints.vlan_tci);

  Decoder decoder(packet, frame, hints);
  for (Next next{Space::link, number_of(link)}; next.space != Space::end;) {
    const DecodeFunction decode_next = find(next);
    if (decode_next == nullptr) {
      packet.end = unknown(next);
      break;
    }
    if (packet.layers == kMaxLayers || decoder.offset() > kMaxHeaderOffset) {
      packet.add(Anomaly::too_deep);
      packet.end = DecodeEnd::too_deep;
      break;
    }
    ++packet.layers;
    next = decode_next(decoder);
  }
  packet.payload_offset = static_cast<std::uint16_t>(std::min(decoder.offset(), kMaxHeaderOffset));
  packet.payload_length = static_cast<std::uint32_t>(decoder.window().claimed);
  return packet;
}

}  // namespace

Packet decode(Bytes captured, std::uint32_t original_length, LinkType link, const DecodeHints& hints) {
  const auto claimed = std::max<std::size_t>(captured.size(), original_length);
  return walk({captured, claimed}, static_cast<std::uint32_t>(claimed), link, hints);
}

bool has_quote(const Packet& packet) {
  return (packet.has(Protocol::icmp) && is_icmp_error(packet.icmp_type)) ||
         (packet.has(Protocol::icmpv6) && is_icmpv6_error(packet.icmp_type));
}

Packet decode_quoted(Bytes captured, const Packet& error) {
  // The quote's own lengths tell of a packet that is not here: nothing it claims is beyond the frame.
  const Bytes quote = error.payload(captured);
  return walk({quote, std::numeric_limits<std::uint32_t>::max()}, static_cast<std::uint32_t>(quote.size()),
              LinkType::raw_ip, {});
}

}  // namespace holter::wire
