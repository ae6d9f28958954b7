#include "wire/usual_frame.h"

#include <bit>
#include <cstring>

#include "wire/options.h"

namespace holter::wire {
namespace {

constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr std::size_t kTcpBytes = 20;
constexpr std::size_t kUdpBytes = 8;

std::uint16_t u16_at(const std::uint8_t* at) {
  std::uint16_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap16(value) : value;
}

std::uint32_t u32_at(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}

// Sums do not care about byte order: 20 bytes as five words of the machine's.
bool sum_good(const std::uint8_t* header) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < kIpv4Bytes; at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, header + at, sizeof word);
    sum += word;
  }
  sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff || (sum >> 16) + (sum & 0xffff) == 0xffff;
}

// As decode_ipv4 judges it.
ChecksumState header_sum(const std::uint8_t* header, const DecodeHints& hints) {
  if (sum_good(header)) return ChecksumState::good;
  return hints.checksum_not_ready || u16_at(header + 10) == 0 ? ChecksumState::unverified : ChecksumState::bad;
}

// Where the network header leads: 0 bytes when it is not usual.
struct Upper {
  std::size_t offset = 0;
  std::size_t end = 0;  // by the length that it claims
};

Upper take_ipv4(const Window& frame, const DecodeHints& hints, Packet& packet) {
  if (frame.captured.size() < kEthernetBytes + kIpv4Bytes) return {};
  const std::uint8_t* const ip = frame.captured.data() + kEthernetBytes;
  const std::size_t total = u16_at(ip + 2);
  const std::uint16_t fragment = u16_at(ip + 6);
  constexpr std::uint16_t kDoNotFragment = 0x4000;
  const bool usual = ip[0] == 0x45 && (fragment & ~kDoNotFragment) == 0 && ip[8] != 0 && total >= kIpv4Bytes &&
                     total <= frame.claimed - kEthernetBytes;
  if (!usual) return {};
  packet.add(Protocol::ipv4);
  packet.traffic_class = ip[1];
  packet.hop_limit = ip[8];
  packet.ip_protocol = ip[9];
  packet.network_checksum = header_sum(ip, hints);
  if (packet.network_checksum == ChecksumState::bad) packet.add(Anomaly::bad_network_checksum);
  std::memcpy(packet.source.data(), ip + 12, 4);
  std::memcpy(packet.destination.data(), ip + 16, 4);
  return {kEthernetBytes + kIpv4Bytes, kEthernetBytes + total};
}

Upper take_ipv6(const Window& frame, Packet& packet) {
  if (frame.captured.size() < kEthernetBytes + kIpv6Bytes) return {};
  const std::uint8_t* const ip = frame.captured.data() + kEthernetBytes;
  const std::uint32_t first = u32_at(ip);
  const std::size_t payload = u16_at(ip + 4);
  const bool usual =
      first >> 28 == 6 && ip[7] != 0 && payload != 0 && payload <= frame.claimed - kEthernetBytes - kIpv6Bytes;
  if (!usual) return {};
  packet.add(Protocol::ipv6);
  packet.traffic_class = static_cast<std::uint8_t>(first >> 20);
  packet.ip_protocol = ip[6];
  packet.hop_limit = ip[7];
  std::memcpy(packet.source.data(), ip + 8, 16);
  std::memcpy(packet.destination.data(), ip + 24, 16);
  return {kEthernetBytes + kIpv6Bytes, kEthernetBytes + kIpv6Bytes + payload};
}

bool options_good(const std::uint8_t* options, std::size_t n) {
  constexpr std::uint32_t kPaddedTimestamps = 0x0101080a;  // what most segments have, and nothing else
  if (n == 12 && u32_at(options) == kPaddedTimestamps) return true;
  return walk_options({options, n}, [](const Option&) {});
}

// The length of the header; 0 when it is not usual.
std::size_t take_tcp(const std::uint8_t* tcp, std::size_t captured, std::size_t claimed, Packet& packet) {
  if (captured < kTcpBytes) return 0;
  const std::size_t length = (tcp[12] >> 4) * std::size_t{4};
  const std::uint8_t flags = tcp[13];
  constexpr std::uint8_t kSyn = 0x02, kFinOrRst = 0x05, kAnyFlag = 0x3f;
  const bool usual = length >= kTcpBytes && length <= captured && length <= claimed && (flags & kAnyFlag) != 0 &&
                     ((flags & kSyn) == 0 || (flags & kFinOrRst) == 0);
  if (!usual || (length != kTcpBytes && !options_good(tcp + kTcpBytes, length - kTcpBytes))) return 0;
  packet.add(Protocol::tcp);
  packet.source_port = u16_at(tcp);
  packet.destination_port = u16_at(tcp + 2);
  packet.tcp_sequence = u32_at(tcp + 4);
  packet.tcp_acknowledgment = u32_at(tcp + 8);
  packet.tcp_flags = flags;
  packet.tcp_window = u16_at(tcp + 14);
  return length;
}

// As above. `claimed` becomes the length that the datagram claims.
std::size_t take_udp(const std::uint8_t* udp, std::size_t captured, std::size_t& claimed, Packet& packet) {
  if (captured < kUdpBytes) return 0;
  const std::size_t length = u16_at(udp + 4);
  if (length < kUdpBytes || length > claimed) return 0;
  packet.add(Protocol::udp);
  packet.source_port = u16_at(udp);
  packet.destination_port = u16_at(udp + 2);
  claimed = length;
  return kUdpBytes;
}

std::uint16_t transport_sum(const std::uint8_t* transport, const Packet& packet) {
  constexpr std::size_t kUdpSum = 6, kTcpSum = 16;
  return u16_at(transport + (packet.has(Protocol::tcp) ? kTcpSum : kUdpSum));
}

}  // namespace

bool decode_usual(const Window& frame, const DecodeHints& hints, const DecodeWish& wish, Packet& packet) {
  const Bytes bytes = frame.captured;
  if (bytes.size() < kEthernetBytes + kIpv4Bytes + kUdpBytes || hints.has_vlan) return false;
  packet.ether_type = u16_at(bytes.data() + 12);
  const Upper upper = packet.ether_type == kEthertypeIp     ? take_ipv4(frame, hints, packet)
                      : packet.ether_type == kEthertypeIpv6 ? take_ipv6(frame, packet)
                                                            : Upper();
  if (upper.offset == 0) return false;
  const std::uint8_t* const transport = bytes.data() + upper.offset;
  const std::size_t captured = bytes.size() - upper.offset;
  std::size_t claimed = upper.end - upper.offset;
  const std::size_t header = packet.ip_protocol == kIpprotoTcp   ? take_tcp(transport, captured, claimed, packet)
                             : packet.ip_protocol == kIpprotoUdp ? take_udp(transport, captured, claimed, packet)
                                                                 : 0;
  if (header == 0) return false;
  if (packet.ip_protocol == kIpprotoUdp && is_tunnel_port(packet.destination_port)) return false;

  packet.add(Protocol::ethernet);
  std::memcpy(packet.destination_mac.data(), bytes.data(), 6);
  std::memcpy(packet.source_mac.data(), bytes.data() + 6, 6);
  packet.network_offset = kEthernetBytes;
  packet.transport_offset = static_cast<std::uint16_t>(upper.offset);
  packet.payload_offset = static_cast<std::uint16_t>(upper.offset + header);
  packet.payload_length = static_cast<std::uint32_t>(claimed - header);
  packet.layers = 3;
  const std::uint16_t sum = transport_sum(transport, packet);
  if (packet.has(Protocol::udp) && sum == 0) return true;  // sent without
  packet.transport_checksum = ChecksumState::unverified;
  if (!wish.checksums) return true;
  Decoder decoder(packet, frame, hints, wish);
  decoder.advance(upper.offset);
  decoder.limit(claimed);
  packet.transport_checksum = verify_transport(decoder, packet.ip_protocol, sum);
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  return true;
}

}  // namespace holter::wire
