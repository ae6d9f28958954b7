// Bindings know at which MAC each address of a segment is, by what ARP (RFC 826) and neighbour discovery (RFC 4861)
// say, and tell when one moves. What is no change: the first sight of an address; ARP probes and duplicate address
// detection, which claim nothing; many addresses at one MAC (a router that answers for others); two hosts that both
// answer one question from the beginning; the members of one GLBP group; a router that takes over a virtual MAC.
// When who lost an address claims it again at once, that is said once, and both may speak from then on. An address that
// was not heard for kForgetAddress is forgotten, and so is one that a DHCP server gives to somebody. At most
// kMostBindings. Pure; one thread.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/ip.h"
#include "changes/limits.h"
#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

class Bindings {
 public:
  void observe_arp(const Sight& sight, Teller& teller);
  void observe_neighbour_discovery(const Sight& sight, Teller& teller);
  void forget(const Segment& segment, const base::IpAddress& address) { bindings_.erase({segment, address}); }

  // Whose move is told as the gateway's: those of this host, and those that routers and DHCP servers tell of.
  void set_gateways(const std::vector<base::IpAddress>& of_host) { of_host_ = {of_host.begin(), of_host.end()}; }
  void add_gateway(const base::IpAddress& address) {
    if (learnt_.size() < kMostGateways) learnt_.insert(address);
  }

  void advance(base::PacketTime now);
  std::size_t size() const { return bindings_.size(); }

 private:
  struct Key {
    Segment segment;
    base::IpAddress address;

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Owner {
    wire::MacAddress mac{};
    base::PacketTime heard;
  };
  struct Binding {
    Owner owner;
    Owner other;  // who had it before, or shares it; zero: nobody
    base::PacketTime since;
    base::PacketTime moved;
    bool shared = false;
  };
  struct Claim {
    base::IpAddress address;
    wire::MacAddress mac;
    bool weak = false;  // does not replace what is known
  };

  void claim(const Sight& sight, const Claim& claim, Teller& teller);
  void move(const Key& key, Binding& binding, const Claim& claim, base::PacketTime at, Teller& teller);
  void forget_silent(base::PacketTime now, base::Duration longer_than);
  bool has_room(base::PacketTime now);

  std::map<Key, Binding> bindings_;
  std::set<base::IpAddress> of_host_;
  std::set<base::IpAddress> learnt_;
  base::PacketTime cleaned_;
};

}  // namespace holter::changes
