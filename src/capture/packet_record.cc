#include "capture/packet_record.h"

#include <algorithm>

#include "base/ip.h"
#include "capture/asked_frame.h"
#include "wire/application/application.h"

namespace holter::capture {
namespace {

std::string text_of(const wire::MacAddress& mac) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : mac) {
    if (!out.empty()) out += ':';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  return out;
}

// All headers, and what lies behind them where a decoder looks at it, or could not go on.
std::string head_of(const env::Frame& frame, const wire::Packet& packet) {
  const std::size_t headers = std::min<std::size_t>(packet.payload_offset, frame.bytes.size());
  const bool all = packet.end != wire::DecodeEnd::complete || wire::tells_more(packet, frame.bytes);
  const std::size_t told = all ? frame.bytes.size() : headers;
  const base::Bytes head = frame.bytes.first(std::min(told, record::kMaxPacketHead));
  return {reinterpret_cast<const char*>(head.data()), head.size()};
}

}  // namespace

record::PacketRecord packet_record_of(const env::Frame& frame, const wire::Packet& packet, wire::LinkType link,
                                      const std::string& interface) {
  record::PacketRecord out;
  out.interface = interface;
  out.captured_at = frame.captured_at;
  out.captured_length = packet.captured_length;
  out.original_length = packet.original_length;
  out.ether_type = packet.ether_type;
  out.vlan = packet.vlan_id();
  out.ip_protocol = packet.ip_protocol;
  out.tcp_flags = packet.tcp_flags;
  if (packet.is_ip() || packet.has(wire::Protocol::arp)) {
    out.source = base::to_string(packet.source_address());
    out.destination = base::to_string(packet.destination_address());
  } else if (packet.has(wire::Protocol::ethernet)) {
    out.source = text_of(packet.source_mac);
    out.destination = text_of(packet.destination_mac);
  }
  out.source_port = packet.source_port;
  out.destination_port = packet.destination_port;
  out.anomalies = static_cast<std::uint16_t>(packet.anomalies);
  out.head = head_of(frame, packet);
  out.linktype = static_cast<std::uint16_t>(wire::pcap_of_link_type(link));
  out.direction = static_cast<std::uint8_t>(direction_of(frame.direction));
  out.checksum_not_ready = frame.checksum_not_ready;
  if (frame.has_vlan) out.taken_tag = record::kTagTaken + frame.vlan_tci;
  return out;
}

}  // namespace holter::capture
