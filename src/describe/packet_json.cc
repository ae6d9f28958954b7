#include "describe/packet_json.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "describe/packet_words.h"
#include "wire/dispatch.h"
#include "wire/link/arp.h"
#include "wire/network/icmp.h"
#include "wire/network/ipv4.h"
#include "wire/network/ipv6.h"

namespace holter::describe {
namespace {

constexpr unsigned kNanoseconds = 9;

base::Bytes from(base::Bytes captured, std::size_t offset) {
  return captured.subspan(std::min(offset, captured.size()));
}

void put_frame(base::JsonWriter& json, const wire::Packet& packet, const FrameFacts& facts) {
  json.key("frame").begin_object();
  json.member("number", facts.number);
  json.key("time");
  if (facts.captured_at) {
    json.text(to_string(base::as_wall_time(*facts.captured_at), kNanoseconds));
  } else {
    json.null();
  }
  json.key("interface");
  if (facts.interface.empty()) {
    json.null();
  } else {
    json.text(facts.interface);
  }
  json.member("link_type", facts.linktype);
  json.member("captured_length", packet.captured_length).member("original_length", packet.original_length);
  json.member("decode_end", to_string(packet.end)).member("truncated", packet.truncated);
  json.key("anomalies").begin_array();
  for (unsigned bit = 0; bit < 16; ++bit) {
    if (packet.has(static_cast<wire::Anomaly>(bit))) json.text(to_string(static_cast<wire::Anomaly>(bit)));
  }
  json.end_array().end_object();
}

void put_link(base::JsonWriter& json, const wire::Packet& packet) {
  if (packet.has(wire::Protocol::ethernet)) {
    json.key("ethernet").begin_object();
    json.member("source", to_string(packet.source_mac)).member("destination", to_string(packet.destination_mac));
    json.member("ether_type", packet.ether_type).end_object();
  } else if (packet.has(wire::Protocol::linux_cooked)) {
    json.key("linux_cooked").begin_object();
    json.member("source", to_string(packet.source_mac)).member("ether_type", packet.ether_type).end_object();
  } else if (packet.has(wire::Protocol::bsd_null)) {
    json.key("bsd_null").begin_object().member("ether_type", packet.ether_type).end_object();
  }
  if (packet.vlan_count == 0) return;
  json.key("vlan").begin_array();
  for (std::size_t i = 0; i < std::min<std::size_t>(packet.vlan_count, packet.vlan_tci.size()); ++i) {
    const std::uint16_t tci = packet.vlan_tci[i];
    json.begin_object().member("id", tci & 0x0fff).member("priority", tci >> 13);
    json.member("drop_eligible", (tci & 0x1000) != 0).end_object();
  }
  json.end_array();
}

void put_arp(base::JsonWriter& json, base::Bytes captured, const wire::Packet& packet) {
  json.key("arp").begin_object().member("operation", packet.arp_operation);
  const std::string_view name = arp_operation_name(packet.arp_operation);
  json.member("operation_name", name.empty() ? std::nullopt : std::optional(name));
  const auto view = wire::ArpView::parse(from(captured, packet.network_offset));
  if (view && view->is_ethernet_ipv4()) {
    const wire::ArpHeader arp = view->header();
    json.member("sender", to_string(packet.source_address())).member("sender_mac", to_string(arp.sender_mac));
    json.member("target", to_string(packet.destination_address())).member("target_mac", to_string(arp.target_mac));
  }
  json.end_object();
}

void put_fragment(base::JsonWriter& json, const wire::Packet& packet) {
  json.member("more_fragments", packet.more_fragments).member("fragment_offset", packet.fragment_offset);
}

void put_addresses(base::JsonWriter& json, const wire::Packet& packet) {
  json.member("source", to_string(packet.source_address()));
  json.member("destination", to_string(packet.destination_address()));
}

void put_ipv4(base::JsonWriter& json, base::Bytes captured, const wire::Packet& packet) {
  json.key("ipv4").begin_object();
  put_addresses(json, packet);
  json.member("protocol", packet.ip_protocol).member("ttl", packet.hop_limit);
  json.member("traffic_class", packet.traffic_class);
  if (const auto view = wire::Ipv4View::parse(from(captured, packet.network_offset))) {
    json.member("header_length", view->header_length()).member("total_length", view->total_length());
    json.member("identification", view->header().identification);
    json.member("do_not_fragment", view->header().do_not_fragment);
  }
  put_fragment(json, packet);
  json.member("checksum", to_string(packet.network_checksum)).end_object();
}

void put_ipv6(base::JsonWriter& json, base::Bytes captured, const wire::Packet& packet) {
  json.key("ipv6").begin_object();
  put_addresses(json, packet);
  json.member("protocol", packet.ip_protocol).member("hop_limit", packet.hop_limit);
  json.member("traffic_class", packet.traffic_class);
  if (const auto view = wire::Ipv6View::parse(from(captured, packet.network_offset))) {
    json.member("payload_length", view->payload_length()).member("flow_label", view->header().flow_label);
  }
  json.key("extensions").begin_array();
  constexpr std::array<wire::Protocol, 4> kExtensions = {wire::Protocol::ipv6_hop_by_hop, wire::Protocol::ipv6_routing,
                                                         wire::Protocol::ipv6_fragment,
                                                         wire::Protocol::ipv6_destination};
  for (const wire::Protocol extension : kExtensions) {
    if (packet.has(extension)) json.text(to_string(extension).substr(std::string_view("ipv6_").size()));
  }
  json.end_array();
  if (packet.has(wire::Protocol::ipv6_fragment)) put_fragment(json, packet);
  json.end_object();
}

void put_tcp(base::JsonWriter& json, const wire::Packet& packet) {
  json.key("tcp").begin_object();
  json.member("source_port", packet.source_port).member("destination_port", packet.destination_port);
  json.member("sequence", packet.tcp_sequence).member("acknowledgment", packet.tcp_acknowledgment);
  json.key("flags").begin_array();
  constexpr std::array<std::string_view, 8> kFlags = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
  for (std::size_t bit = 0; bit < kFlags.size(); ++bit) {
    if ((packet.tcp_flags >> bit & 1U) != 0) json.text(kFlags[bit]);
  }
  json.end_array().member("window", packet.tcp_window).member("payload_length", packet.payload_length);
  json.member("checksum", to_string(packet.transport_checksum)).end_object();
}

void put_udp(base::JsonWriter& json, const wire::Packet& packet) {
  json.key("udp").begin_object();
  json.member("source_port", packet.source_port).member("destination_port", packet.destination_port);
  json.member("payload_length", packet.payload_length);
  json.member("checksum", to_string(packet.transport_checksum)).end_object();
}

void put_network(base::JsonWriter& json, base::Bytes captured, const wire::Packet& packet) {
  if (packet.has(wire::Protocol::ipv4)) put_ipv4(json, captured, packet);
  if (packet.has(wire::Protocol::ipv6)) put_ipv6(json, captured, packet);
  if (packet.has(wire::Protocol::tcp)) put_tcp(json, packet);
  if (packet.has(wire::Protocol::udp)) put_udp(json, packet);
}

void put_icmp(base::JsonWriter& json, base::Bytes captured, const wire::Packet& packet) {
  const bool v6 = packet.has(wire::Protocol::icmpv6);
  json.key(v6 ? "icmpv6" : "icmp").begin_object();
  json.member("type", packet.icmp_type).member("code", packet.icmp_code).member("meaning", icmp_words(packet));
  if (wire::is_echo_request(packet) || wire::is_echo_reply(packet)) {
    json.member("id", packet.icmp_id).member("sequence", packet.icmp_sequence);
  }
  json.member("payload_length", packet.payload_length).member("checksum", to_string(packet.transport_checksum));
  if (wire::has_quote(packet)) {
    json.key("quoted").begin_object();
    const wire::Packet quoted = wire::decode_quoted(captured, packet);
    put_network(json, packet.payload(captured), quoted);
    if (quoted.has(wire::Protocol::icmp) || quoted.has(wire::Protocol::icmpv6)) {
      json.key(quoted.has(wire::Protocol::icmp) ? "icmp" : "icmpv6").begin_object();
      json.member("type", quoted.icmp_type).member("code", quoted.icmp_code).member("id", quoted.icmp_id);
      json.member("sequence", quoted.icmp_sequence).end_object();
    }
    json.end_object();
  }
  json.end_object();
}

}  // namespace

std::string packet_json(base::Bytes captured, const wire::Packet& packet, const FrameFacts& facts) {
  base::JsonWriter json;
  json.begin_object();
  put_frame(json, packet, facts);
  put_link(json, packet);
  if (packet.has(wire::Protocol::arp)) put_arp(json, captured, packet);
  put_network(json, captured, packet);
  if (packet.has(wire::Protocol::icmp) || packet.has(wire::Protocol::icmpv6)) put_icmp(json, captured, packet);
  json.end_object();
  return json.take();
}

}  // namespace holter::describe
