// Exclusions name holter's own traffic, which a capture leaves out so that it does not record its own reports: whole
// conversations by their 5-tuple (VLANs do not matter) or every packet from or to a port of one IP protocol. Bounded;
// what does not fit is refused and stays in the capture. One thread.
#pragma once

#include <bitset>
#include <cstdint>
#include <unordered_set>

#include "base/ip.h"
#include "flow/flow_key.h"

namespace holter::capture {

class Exclusions {
 public:
  // False when there is no room. Adding twice is one entry.
  bool add_conversation(std::uint8_t ip_protocol, const base::Endpoint& a, const base::Endpoint& b);
  void remove_conversation(std::uint8_t ip_protocol, const base::Endpoint& a, const base::Endpoint& b);
  void add_tcp_port(std::uint16_t port) { tcp_ports_.set(port); }
  void add_udp_port(std::uint16_t port) { udp_ports_.set(port); }

  bool covers(const wire::Packet& packet) const;

 private:
  struct Hash {
    std::size_t operator()(const flow::FlowKey& key) const { return flow::hash_of(key, 0); }
  };

  std::unordered_set<flow::FlowKey, Hash> conversations_;
  std::bitset<65'536> tcp_ports_;
  std::bitset<65'536> udp_ports_;
};

}  // namespace holter::capture
