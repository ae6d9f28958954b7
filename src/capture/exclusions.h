// Exclusions name holter's own traffic, which a capture leaves out so that it does not record its own reports, report
// the records, and so on for ever: TCP from and to the very sockets of this process. Addresses and ports both count;
// VLANs and tunnels do not matter. As many as whoever sets them allows: OwnTraffic of src/app. One thread.
#pragma once

#include <array>
#include <bitset>
#include <compare>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "wire/packet.h"

namespace holter::capture {

struct OwnConnection {
  base::Endpoint local;
  base::Endpoint peer;

  friend auto operator<=>(const OwnConnection&, const OwnConnection&) = default;
};

struct OwnSockets {
  std::vector<base::Endpoint> listening = {};  // who talks to one talks to holter; no wildcards
  std::vector<OwnConnection> connections = {};

  friend bool operator==(const OwnSockets&, const OwnSockets&) = default;
};

class Exclusions {
 public:
  // These, and no others.
  void set(const OwnSockets& own);
  bool covers(const wire::Packet& packet) const {
    if (!packet.has(wire::Protocol::tcp)) return false;
    return (local_ports_[packet.source_port] || local_ports_[packet.destination_port]) && is_own(packet);
  }

 private:
  // As a packet has it: no zone, and IPv4 in the first four bytes.
  struct End {
    std::array<std::uint8_t, 16> address{};
    std::uint16_t port = 0;

    friend auto operator<=>(const End&, const End&) = default;
  };

  static End end_of(const base::Endpoint& endpoint);
  bool is_own(const wire::Packet& packet) const;

  std::bitset<65'536> local_ports_;  // of the own ends: nearly every packet has none of them
  std::set<End> listening_;
  std::set<std::pair<End, End>> connections_;
};

}  // namespace holter::capture
