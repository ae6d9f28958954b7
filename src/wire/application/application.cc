#include "wire/application/application.h"

#include <algorithm>
#include <array>

#include "wire/application/dhcp.h"
#include "wire/application/dhcpv6.h"
#include "wire/application/dns.h"
#include "wire/application/hsrp.h"
#include "wire/application/http.h"
#include "wire/application/ntp.h"
#include "wire/application/quic.h"
#include "wire/application/ssh.h"
#include "wire/application/tls.h"
#include "wire/network/icmp.h"

namespace holter::wire {
namespace {

// False: the port is used for something else.
using ListFunction = bool (*)(Payload);

struct Row {
  std::uint16_t port;
  ListFunction list;
};

template <Protocol kind>
bool dns_of_kind(Payload payload) {
  constexpr std::size_t kHeaderBytes = 12;
  if (payload.window.claimed < kHeaderBytes) return false;
  list_dns(payload, kind);
  return true;
}

bool dhcp(Payload payload) {
  const Bytes bytes = payload.window.captured;
  if (bytes.empty() || (bytes[0] != 1 && bytes[0] != 2)) return false;
  list_dhcp(payload);
  return true;
}

bool dhcpv6(Payload payload) {
  constexpr std::uint8_t kLastType = 36;
  const Bytes bytes = payload.window.captured;
  if (bytes.empty() || bytes[0] == 0 || bytes[0] > kLastType) return false;
  list_dhcpv6(payload);
  return true;
}

bool ssdp(Payload payload) {
  if (!begins_http(payload.window.captured)) return false;
  StreamMemory none;
  take_http(payload, none);
  return true;
}

constexpr auto kUdpPorts = std::to_array<Row>({
    {kDnsPort, dns_of_kind<Protocol::dns>},
    {kDhcpServerPort, dhcp},
    {kDhcpClientPort, dhcp},
    {kNtpPort, list_ntp},
    {kDhcpv6ClientPort, dhcpv6},
    {kDhcpv6ServerPort, dhcpv6},
    {kSsdpPort, ssdp},
    {kHsrpPort, list_hsrp},
    {kHsrpPort6, list_hsrp},
    {kMdnsPort, dns_of_kind<Protocol::mdns>},
    {kLlmnrPort, dns_of_kind<Protocol::llmnr>},
});
constexpr std::uint16_t kHighestPort = kLlmnrPort;

bool list_by_port(std::uint16_t port, Payload payload) {
  if (port > kHighestPort) return false;
  const auto row = std::ranges::find(kUdpPorts, port, &Row::port);
  return row != kUdpPorts.end() && row->list(payload);
}

// The lower port is more likely the one that names the service.
void list_datagram(Payload payload) {
  const auto [low, high] = std::minmax({payload.packet.source_port, payload.packet.destination_port});
  if (list_by_port(low, payload) || list_by_port(high, payload)) return;
  const Bytes bytes = payload.window.captured;
  if (!bytes.empty() && (bytes[0] & 0x80) != 0) list_quic(payload);
}

constexpr std::size_t kEnoughToTell = 5;  // bytes

// mDNS over TCP is plain DNS (RFC 6762, 5.4).
bool is_dns(const Packet& packet) {
  const auto is = [](std::uint16_t port) { return port == kDnsPort || port == kMdnsPort; };
  return is(packet.source_port) || is(packet.destination_port);
}

void list_segment(Payload payload) {
  Window& window = payload.window;
  const StreamKind kind = kind_of_stream(window.captured, payload.packet);
  if (kind == StreamKind::none) return;
  if (window.claimed > window.captured.size()) window.claimed = kEndless;
  StreamMemory memory;
  take_messages(kind, payload, memory);
}

}  // namespace

StreamKind kind_of_stream(Bytes first, const Packet& packet) {
  if (first.size() < kEnoughToTell) return StreamKind::none;
  if (begins_tls(first)) return StreamKind::tls;
  if (is_dns(packet)) return StreamKind::dns;
  if (begins_http(first)) return StreamKind::http;
  return begins_ssh(first) ? StreamKind::ssh : StreamKind::none;
}

bool may_become_stream(Bytes first, const Packet& packet) {
  constexpr std::uint8_t kFirstRecord = 20, kLastRecord = 24;
  if (first.empty() || first.size() >= kEnoughToTell) return false;
  return is_dns(packet) || (first[0] >= kFirstRecord && first[0] <= kLastRecord) || first[0] == 'S' ||
         begins_http(first);
}

Taken take_messages(StreamKind kind, Payload payload, StreamMemory& memory) {
  switch (kind) {
    case StreamKind::dns: return take_dns(payload, memory);
    case StreamKind::tls: return take_tls(payload, memory);
    case StreamKind::http: return take_http(payload, memory);
    case StreamKind::ssh: return take_ssh(payload, memory);
    case StreamKind::none: break;
  }
  return {};
}

bool tells_more(const Packet& packet, Bytes captured) {
  const Bytes payload = packet.payload(captured);
  if (payload.empty()) return false;
  if (packet.has(Protocol::tcp)) {
    constexpr std::uint8_t kSealed = 23;  // a TLS record of an application's data (RFC 8446, 5.1)
    return payload[0] != kSealed && kind_of_stream(payload, packet) != StreamKind::none;
  }
  if (!packet.has(Protocol::udp)) return !is_echo_request(packet) && !is_echo_reply(packet);
  const auto is_told = [&](std::uint16_t port) {
    constexpr std::uint8_t kLongHeader = 0xc0;  // RFC 8999, 5.1
    if (port == kHttpsPort) return (payload[0] & kLongHeader) == kLongHeader;
    return port <= kHighestPort && std::ranges::find(kUdpPorts, port, &Row::port) != kUdpPorts.end();
  };
  return is_told(packet.source_port) || is_told(packet.destination_port);
}

void list_application(Payload payload) {
  if (payload.window.claimed == 0) return;
  if (payload.packet.has(Protocol::tcp)) {
    list_segment(payload);
  } else if (payload.packet.has(Protocol::udp)) {
    list_datagram(payload);
  }
}

}  // namespace holter::wire
