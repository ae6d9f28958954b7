// Frames for the tests of the impaired wire: Ethernet, IPv4 without options, and what stands behind it.
#pragma once

#include <cstdint>
#include <vector>

namespace holter::impair {

inline constexpr std::size_t kEthernetBytes = 14;
inline constexpr std::size_t kIpv4Bytes = 20;

using FrameBytes = std::vector<std::uint8_t>;

inline FrameBytes ethernet(std::uint16_t type, const FrameBytes& rest) {
  FrameBytes frame(kEthernetBytes - 2, 0x02);
  frame.push_back(static_cast<std::uint8_t>(type >> 8));
  frame.push_back(static_cast<std::uint8_t>(type));
  frame.insert(frame.end(), rest.begin(), rest.end());
  return frame;
}

inline FrameBytes ipv4(std::uint8_t protocol, const FrameBytes& rest) {
  FrameBytes bytes(kIpv4Bytes, 0);
  bytes[0] = 0x45;
  bytes[3] = static_cast<std::uint8_t>(kIpv4Bytes + rest.size());
  bytes[8] = 64;
  bytes[9] = protocol;
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return ethernet(0x0800, bytes);
}

inline FrameBytes ipv6(std::uint8_t protocol, const FrameBytes& rest) {
  FrameBytes bytes(40, 0);
  bytes[0] = 0x60;
  bytes[5] = static_cast<std::uint8_t>(rest.size());
  bytes[6] = protocol;
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return ethernet(0x86dd, bytes);
}

inline FrameBytes ports(std::uint16_t source, std::uint16_t target) {
  return {static_cast<std::uint8_t>(source >> 8), static_cast<std::uint8_t>(source),
          static_cast<std::uint8_t>(target >> 8), static_cast<std::uint8_t>(target)};
}

inline FrameBytes echo_frame() { return ipv4(1, {8, 0, 0, 0, 0, 1, 0, 1, 'h', 'o', 'l', 't', 'e', 'r'}); }
inline FrameBytes arp_frame() { return ethernet(0x0806, FrameBytes(28, 0)); }

inline FrameBytes udp_frame(std::uint16_t source, std::uint16_t target) {
  auto bytes = ports(source, target);
  bytes.insert(bytes.end(), {0, 9, 0, 0, 'x'});
  return ipv4(17, bytes);
}

inline FrameBytes tcp_frame(std::uint16_t source, std::uint16_t target, std::uint8_t flags, std::size_t payload) {
  auto bytes = ports(source, target);
  bytes.resize(20 + payload);
  bytes[12] = 0x50;
  bytes[13] = flags;
  return ipv4(6, bytes);
}

}  // namespace holter::impair
