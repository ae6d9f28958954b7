// FlowKey names a conversation: both addresses and ports, the IP protocol and the outermost VLAN, in one order for both
// directions. ICMP echo pairs by its identifier, other ICMP by type and code. Fragments behind the first have no ports
// and count as a conversation of their own between their addresses. Value type, 40 bytes without padding.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "wire/packet.h"

namespace holter::flow {

struct FlowKey {
  std::array<std::uint8_t, 16> low{};  // the smaller of (address, port)
  std::array<std::uint8_t, 16> high{};
  std::uint16_t low_port = 0;
  std::uint16_t high_port = 0;
  std::uint16_t vlan = 0;
  std::uint8_t ip_protocol = 0;
  std::uint8_t ip_version = 0;

  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

struct DirectedKey {
  FlowKey key;
  bool low_sends = false;
};

// Nothing for packets without IP.
std::optional<DirectedKey> key_of(const wire::Packet& packet);

// Keyed by a seed that nobody outside knows, so that a peer cannot choose colliding conversations.
std::uint64_t hash_of(const FlowKey& key, std::uint64_t seed);

}  // namespace holter::flow
