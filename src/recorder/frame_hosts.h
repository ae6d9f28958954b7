// The hosts of a frame: the addresses of every layer that names one. Source and destination of IPv4 and IPv6 of each
// tunnel's packets, those in ARP, the target of a neighbour discovery (RFC 4861), and those of the packet that an ICMP
// error quotes. The writer's index and the freeze both ask here, so what was indexed is what is found. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "base/ip.h"
#include "wire/dispatch.h"

namespace holter::recorder {

// An address as the hot path compares it. Without a value of its own, so that room for keys costs nothing.
struct HostKey {
  std::array<std::uint64_t, 2> words;
  bool v6;

  static HostKey of(const base::IpAddress& address);
  std::uint64_t hash() const {
    std::uint64_t h = words[0] ^ (words[1] + 0x9e37'79b9'7f4a'7c15) * 0xff51'afd7'ed55'8ccd ^ (v6 ? ~0ULL : 0);
    h = (h ^ h >> 33) * 0xc4ce'b9fe'1a85'ec53;
    return h ^ h >> 29;
  }

  friend bool operator==(const HostKey&, const HostKey&) = default;
};

struct HostKeyHash {
  std::size_t operator()(const HostKey& key) const { return key.hash(); }
};

// What a frame is decoded again with, where it has more than one layer of addresses.
struct FrameBytes {
  base::Bytes bytes;
  std::uint32_t original_length = 0;
  wire::LinkType link = wire::LinkType::unknown;
  wire::DecodeHints hints = {};
};

class FrameHosts {
 public:
  // `packet` is the frame decoded down to its innermost packet.
  FrameHosts(const FrameBytes& frame, const wire::Packet& packet) {
    add_ends(packet);
    if (packet.tunnels != 0 || packet.has(wire::Protocol::icmp) || packet.has(wire::Protocol::icmpv6)) {
      add_rest(frame, packet);
    }
  }

  const HostKey* begin() const { return keys_.data(); }
  const HostKey* end() const { return keys_.data() + count_; }

 private:
  static constexpr std::size_t kMostKeys = 2 * (std::size_t{wire::kMaxTunnels} + 1) + 3;

  void add(const std::array<std::uint8_t, 16>& address, bool v6);
  void add_ends(const wire::Packet& packet) {
    const bool v6 = packet.has(wire::Protocol::ipv6);
    if (!v6 && !packet.has(wire::Protocol::ipv4) && !packet.has(wire::Protocol::arp)) return;
    add(packet.source, v6);
    add(packet.destination, v6);
  }
  void add_rest(const FrameBytes& frame, const wire::Packet& packet);

  std::array<HostKey, kMostKeys> keys_;
  std::size_t count_ = 0;
};

}  // namespace holter::recorder
