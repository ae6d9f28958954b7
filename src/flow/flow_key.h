// FlowKey names a conversation: both addresses and ports, the IP protocol, the VLAN tags and the tunnel, in one order
// for both directions. A question of ICMP and its answer pair by type, and by identifier where there is one (echo);
// other messages of ICMP go one way, each kind a conversation. Fragments behind the first have no ports and count as a
// conversation of their own between their addresses. Of more than two VLAN tags the two outermost and their number
// count. Value type, 48 bytes without padding.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "wire/packet.h"

namespace holter::flow {

struct FlowKey {
  std::array<std::uint8_t, 16> low{};  // with low_port first in an order of no meaning; of one-way messages the sender
  std::array<std::uint8_t, 16> high{};
  std::uint16_t low_port = 0;   // of ICMP: the identifier of a pair, or type * 256 + code of what goes one way
  std::uint16_t high_port = 0;  // of ICMP: type * 256 of a pair's question, or 0
  std::array<std::uint16_t, 2> vlans{};
  std::uint32_t tunnel_ends = 0;
  std::uint8_t vlan_count = 0;
  std::uint8_t ip_protocol = 0;
  std::uint8_t ip_version = 0;
  wire::Protocol tunnel = wire::Protocol::ethernet;  // that: none

  using Words = std::array<std::uint64_t, 6>;
  friend bool operator==(const FlowKey& a, const FlowKey& b) {
    const auto x = std::bit_cast<Words>(a);
    const auto y = std::bit_cast<Words>(b);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4]) | (x[5] ^ y[5])) == 0;
  }
};

struct DirectedKey {
  FlowKey key;
  bool low_sends = false;
};

// Nothing for packets without IP.
std::optional<DirectedKey> key_of(const wire::Packet& packet);
// The same where it shall be: false for packets without IP.
bool make_key(const wire::Packet& packet, DirectedKey& out);

// Who initiates, told from the first packet seen: true when it is the packet's sender.
bool sender_initiates(const wire::Packet& packet);

// Keyed by a seed that nobody outside knows, so that a peer cannot choose colliding conversations.
std::uint64_t hash_of(const FlowKey& key, std::uint64_t seed);

}  // namespace holter::flow
