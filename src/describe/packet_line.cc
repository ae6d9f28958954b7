#include "describe/packet_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "describe/application_words.h"
#include "describe/link_words.h"
#include "describe/net_words.h"
#include "describe/packet_words.h"
#include "wire/dispatch.h"
#include "wire/link/arp.h"
#include "wire/network/icmp.h"

namespace holter::describe {
namespace {

constexpr unsigned kMicroseconds = 6;
constexpr std::string_view kNoTime = "-                          ";  // as wide as one
constexpr wire::MacAddress kBroadcast = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

using Line = fmt::memory_buffer;

template <class... Values>
void put(Line& line, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(line), format, std::forward<Values>(values)...);
}

struct Ends {
  std::string source;
  std::string destination;
};

std::string mac_end(const wire::MacAddress& mac) { return mac == kBroadcast ? "broadcast" : to_string(mac); }

Ends ends_of(const wire::Packet& packet) {
  if (packet.is_ip()) {
    const auto end = [&](const base::IpAddress& address, std::uint16_t port) {
      return packet.has(wire::Protocol::tcp) || packet.has(wire::Protocol::udp) || packet.has(wire::Protocol::sctp) ||
                     packet.has(wire::Protocol::udp_lite)
                 ? to_string(base::Endpoint{address, port})
                 : to_string(address);
    };
    return {end(packet.source_address(), packet.source_port),
            end(packet.destination_address(), packet.destination_port)};
  }
  if (packet.has(wire::Protocol::ethernet)) return {mac_end(packet.source_mac), mac_end(packet.destination_mac)};
  return {packet.has(wire::Protocol::linux_cooked) ? mac_end(packet.source_mac) : "-", "-"};
}

void put_bytes(Line& line, std::uint32_t n) { put(line, "{} {}", n, n == 1 ? "byte" : "bytes"); }

void put_vlans(Line& line, const wire::Packet& packet) {
  if (packet.vlan_count == 0) return;
  put(line, "vlan {}", packet.vlan_tci[0] & 0x0fff);
  if (packet.vlan_count > 1) put(line, "/{}", packet.vlan_tci[1] & 0x0fff);
  if (packet.vlan_count > 2) put(line, "/+{}", packet.vlan_count - 2);
  put(line, " ");
}

void put_tcp(Line& line, const wire::Packet& packet) {
  put(line, "{} seq {}", tcp_flag_words(packet.tcp_flags), packet.tcp_sequence);
  if ((packet.tcp_flags & 0x10) != 0) put(line, " ack {}", packet.tcp_acknowledgment);
  put(line, " win {}", packet.tcp_window);
  if (packet.payload_length == 0) return;
  put(line, ", ");
  put_bytes(line, packet.payload_length);
}

void put_arp(Line& line, base::Bytes captured, const wire::Packet& packet) {
  const auto view =
      wire::ArpView::parse(captured.subspan(std::min<std::size_t>(packet.network_offset, captured.size())));
  if (!view || !view->is_ethernet_ipv4()) {
    put(line, "operation {}, not for IPv4 over Ethernet", packet.arp_operation);
    return;
  }
  const wire::ArpHeader arp = view->header();
  const std::string sender = to_string(packet.source_address());
  const std::string target = to_string(packet.destination_address());
  if (arp.operation == wire::kArpRequest && arp.sender == arp.target) {
    put(line, "announces {} at {}", sender, to_string(arp.sender_mac));
  } else if (arp.operation == wire::kArpRequest) {
    put(line, "who has {}? tell {}", target, sender);
  } else if (arp.operation == wire::kArpReply) {
    put(line, "{} is at {}", sender, to_string(arp.sender_mac));
  } else {
    put(line, "operation {} from {} for {}", arp.operation, sender, target);
  }
}

void put_quoted(Line& line, base::Bytes captured, const wire::Packet& packet) {
  const wire::Packet quoted = wire::decode_quoted(captured, packet);
  if (!quoted.is_ip()) return;
  const Ends ends = ends_of(quoted);
  put(line, ", about {} {} > {}", protocol_name(quoted), ends.source, ends.destination);
}

// The address that a neighbour solicitation or advertisement is about (RFC 4861, 4.3 and 4.4).
void put_neighbour(Line& line, base::Bytes captured, const wire::Packet& packet) {
  constexpr std::uint8_t kSolicitation = 135, kAdvertisement = 136;
  const base::Bytes body = captured.subspan(std::min<std::size_t>(packet.transport_offset, captured.size()));
  if (!packet.has(wire::Protocol::icmpv6) || body.size() < 24) return;
  std::array<std::uint8_t, 16> target{};
  std::ranges::copy(body.subspan(8, 16), target.begin());
  const std::string address = to_string(base::IpAddress::v6(target));
  if (packet.icmp_type == kSolicitation) put(line, ": who has {}?", address);
  if (packet.icmp_type == kAdvertisement) put(line, ": {} is here", address);
}

void put_icmp(Line& line, const SeenFrame& frame) {
  const auto& [captured, packet, fields, facts] = frame;
  put(line, "{}{}", icmp_words(packet), icmp_addition(fields));
  if (wire::is_echo_request(packet) || wire::is_echo_reply(packet)) {
    put(line, " id {} seq {}, ", packet.icmp_id, packet.icmp_sequence);
    put_bytes(line, packet.payload_length);
  } else if (wire::has_quote(packet)) {
    put_quoted(line, captured, packet);
  } else {
    put_neighbour(line, captured, packet);
  }
}

void put_fragment(Line& line, const wire::Packet& packet) {
  if (!packet.is_fragment()) return;
  put(line, " (fragment at {}{})", packet.fragment_offset, packet.more_fragments ? ", more follow" : ", the last");
}

std::string layer_words(const wire::Packet& packet, const wire::FieldList& fields) {
  std::string words = link_words(packet, fields);
  return words.empty() ? net_words(packet, fields) : words;
}

void put_words(Line& line, const SeenFrame& frame) {
  const auto& [captured, packet, fields, facts] = frame;
  put_vlans(line, packet);
  put(line, "{}", tunnel_words(packet));
  if (packet.end == wire::DecodeEnd::unknown_link) {
    put(line, "not decoded: link type {}", facts.linktype);
  } else if (packet.has(wire::Protocol::tcp)) {
    put_tcp(line, packet);
    if (const auto name = application_name(fields); !name.empty())
      put(line, ", {} {}", name, application_words(fields));
  } else if (packet.has(wire::Protocol::icmp) || packet.has(wire::Protocol::icmpv6)) {
    put_icmp(line, frame);
  } else if (packet.has(wire::Protocol::arp)) {
    put_arp(line, captured, packet);
  } else if (const std::string words = layer_words(packet, fields); !words.empty()) {
    put(line, "{}", words);
  } else if (const auto name = application_name(fields); !name.empty()) {
    put(line, "{} {}", name, application_words(fields));
  } else {
    put_bytes(line, packet.payload_length);
  }
  put_fragment(line, packet);
}

void put_flaws(Line& line, const wire::Packet& packet, std::uint32_t anomalies) {
  for (unsigned bit = 0; bit < wire::kAnomalyCount; ++bit) {
    if ((anomalies >> bit & 1) != 0) put(line, " [{}]", words_of(static_cast<wire::Anomaly>(bit)));
  }
  if (packet.truncated) put(line, " [cut: {} of {} bytes captured]", packet.captured_length, packet.original_length);
}

}  // namespace

std::string packet_line(const SeenFrame& frame) {
  const auto& [captured, packet, fields, facts] = frame;
  Line line;
  if (facts.captured_at) {
    put(line, "{}", to_string(base::as_wall_time(*facts.captured_at), kMicroseconds));
  } else {
    put(line, "{}", kNoTime);
  }
  if (!facts.interface.empty()) put(line, "  {:<6}", facts.interface.for_terminal());
  const Ends ends = ends_of(packet);
  put(line, "  {:<6} {:>5}  {:<21} > {:<21}  ", protocol_name(packet), packet.original_length, ends.source,
      ends.destination);
  put_words(line, frame);
  put_flaws(line, packet, frame.anomalies());
  return fmt::to_string(line);
}

}  // namespace holter::describe
