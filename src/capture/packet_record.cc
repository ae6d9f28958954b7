#include "capture/packet_record.h"

#include "base/ip.h"

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

}  // namespace

record::PacketRecord packet_record_of(const env::Frame& frame, const wire::Packet& packet,
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
  return out;
}

}  // namespace holter::capture
