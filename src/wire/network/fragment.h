// Fragment is one piece of an IPv4 or IPv6 datagram, read from a decoded packet by its own headers: where it belongs,
// what it gives, and the header that the whole datagram will have. What reassembly.h puts together. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "wire/packet.h"
#include "wire/window.h"

namespace holter::wire {

inline constexpr std::size_t kLargestDatagram = 65'535;  // payload of IPv6; with the header, of IPv4

// What the fragments of one datagram have in common.
struct FragmentKey {
  std::array<std::uint8_t, 16> source{};
  std::array<std::uint8_t, 16> destination{};
  std::uint32_t id = 0;
  std::uint32_t tunnel_ends = 0;
  std::array<std::uint16_t, 2> vlans{};
  std::uint8_t protocol = 0;  // of IPv4 only
  bool v6 = false;

  friend bool operator==(const FragmentKey&, const FragmentKey&) = default;
};

struct FragmentKeyHash {
  std::size_t operator()(const FragmentKey& key) const;
};

struct Fragment {
  FragmentKey key;
  std::vector<std::uint8_t> header;  // of the fragment at 0: what the whole datagram begins with, but for its length
  std::size_t begin = 0;             // of the payload in the datagram's
  Bytes payload;
  bool last = false;

  std::size_t end() const { return begin + payload.size(); }
};

// Nothing when it was not captured whole, or is not a piece that can belong to a datagram.
std::optional<Fragment> read_fragment(const Packet& packet, Bytes captured);

// Writes the length of the whole datagram into the header that it begins with, and IPv4's checksum. False when it is
// longer than a datagram may be.
bool finish_header(std::vector<std::uint8_t>& header, bool v6, std::size_t payload_length);

}  // namespace holter::wire
