// Packet is one IP packet between simulated hosts as a value, and its real bytes as an Ethernet frame (RFC 791, 768,
// 792, 4443, 8200) for captures. An ICMP error carries the packet it quotes as a value too, so that sockets need not
// parse.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/ip.h"

namespace holter::sim {

enum class Protocol : std::uint8_t { icmp = 1, tcp = 6, udp = 17, icmp6 = 58 };

struct Packet {
  Protocol protocol = Protocol::udp;
  base::Endpoint source;  // port 0 for ICMP
  base::Endpoint destination;
  std::uint8_t ttl = 64;
  std::uint8_t dscp = 0;
  std::vector<std::uint8_t> payload;     // of UDP, or the whole ICMP message or TCP segment
  std::shared_ptr<const Packet> quoted;  // of an ICMP error
};

enum class IcmpError : std::uint8_t { port_unreachable, host_unreachable, time_exceeded };

inline constexpr std::size_t kIcmpHeaderBytes = 8;

// By what routers choose one of several ways: the addresses, and the ports (RFC 2992) or, as many do, the first bytes
// of ICMP, with its checksum and identifier.
std::uint64_t flow_of(const Packet& packet);
Protocol icmp_of(base::IpAddress::Family family);
bool is_echo_request(const Packet& packet);
bool is_echo_reply(const Packet& packet);
std::uint16_t echo_id(const Packet& packet);
// `packet` is an echo request.
Packet echo_reply_to(const Packet& packet);
// The error that `offender` sends about `packet`.
Packet icmp_error(IcmpError error, const Packet& packet, const base::IpAddress& offender);
// Fills in the checksum field of an ICMP message, as the sending kernel does for ping sockets.
void set_icmp_checksum(Packet& packet);

std::vector<std::uint8_t> to_frame(const Packet& packet);

}  // namespace holter::sim
