// Internet carries packets between the stacks of simulated hosts: it finds the host of an address, asks the fabric when
// (and whether) the packet arrives, lets routers on the way spend its TTL, and answers for addresses that nobody has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/fabric.h"
#include "sim/packet.h"
#include "sim/timeline.h"
#include "sim/wiretap.h"

namespace holter::sim {

class Stack;

class Internet {
 public:
  using Hop = std::vector<base::IpAddress>;

  explicit Internet(Timeline& timeline) : timeline_(timeline), fabric_(timeline) {}

  Timeline& timeline() { return timeline_; }
  Fabric& fabric() { return fabric_; }
  const Wiretap& wiretap() const { return wiretap_; }

  void attach(const base::IpAddress& address, Stack& stack) { stacks_[address] = &stack; }
  Stack* find(const base::IpAddress& address) const;
  void add_name(const std::string& name, std::vector<base::IpAddress> addresses) {
    names_[name] = std::move(addresses);
  }
  const std::vector<base::IpAddress>* find_name(const std::string& name) const;
  // The hops a packet passes, the first one first; one way. Of a hop with several routers its flow chooses one; a hop
  // with none says nothing.
  void set_routers(HostIndex from, HostIndex to, std::vector<Hop> hops);
  // Who says "host unreachable" for addresses that no host has; nobody does otherwise.
  void set_edge_router(const base::IpAddress& router) { edge_router_ = router; }

  void send(Stack& from, const Packet& packet);

 private:
  void expire(Stack& from, const Stack& to, const Packet& packet, const Hop& hop);
  void answer(Stack& to, const Packet& error);

  Timeline& timeline_;
  Fabric fabric_;
  Wiretap wiretap_;
  std::map<base::IpAddress, Stack*> stacks_;
  std::map<std::string, std::vector<base::IpAddress>> names_;
  std::map<std::pair<HostIndex, HostIndex>, std::vector<Hop>> routers_;
  std::optional<base::IpAddress> edge_router_;
};

}  // namespace holter::sim
