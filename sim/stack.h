// Stack is the network side of one simulated host's kernel: its addresses, which socket owns which port, what is
// answered when no socket does (echo replies, port unreachable, resets), and the taps that see its frames. It outlives
// the processes on it; sockets enter and leave it in their constructors and destructors.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "env/frames.h"
#include "sim/clock.h"
#include "sim/internet.h"
#include "sim/packet.h"

namespace holter::sim {

class DatagramPort;
class ListenerPort;
class FrameTap;

// What every simulated host has: lo and one interface to the others.
inline constexpr std::uint32_t kLoopbackIndex = 1;
inline constexpr std::uint32_t kInterfaceIndex = 2;

// Which ICMP sockets the kernel opens for a process.
struct IcmpRights {
  bool raw = true;
  bool ping = true;
};

class Stack {
 public:
  Stack(Internet& internet, const HostClock& clock, HostIndex index, std::vector<base::IpAddress> addresses,
        IcmpRights rights);

  Internet& internet() { return internet_; }
  HostIndex index() const { return index_; }
  const std::vector<base::IpAddress>& addresses() const { return addresses_; }
  base::PacketTime stamp() const;

  bool powered() const { return powered_; }
  std::uint32_t power_cycles() const { return power_cycles_; }
  void power_off();
  void power_on() { powered_ = true; }
  // Deaf and mute until power_on(), and forgets nothing.
  void sleep() { powered_ = false; }
  // Its cable: without it the host hears and reaches itself only.
  void plug();
  void unplug();
  bool plugged() const { return plugged_; }
  std::uint32_t carrier_losses() const { return carrier_losses_; }
  std::uint64_t received_frames() const { return received_frames_; }  // from other hosts
  std::uint64_t sent_frames() const { return sent_frames_; }          // to other hosts
  const IcmpRights& icmp_rights() const { return icmp_rights_; }
  // A firewall that drops what comes for a TCP port without a word.
  void drop_port(std::uint16_t port) { dropped_ports_.insert(port); }
  bool drops(std::uint16_t port) const { return dropped_ports_.contains(port); }

  // From the network, or from this host to itself.
  void receive(const Packet& packet);
  void tap(const std::vector<std::uint8_t>& frame, env::FrameDirection direction);

  bool owns(const base::IpAddress& address) const;
  // The address a packet to `destination` leaves from.
  std::optional<base::IpAddress> source_for(const base::IpAddress& destination) const;
  std::uint16_t free_port();

  // In the order they were opened.
  std::vector<DatagramPort*> datagrams;
  std::vector<FrameTap*> taps;
  std::map<base::Endpoint, ListenerPort*> listeners;
  std::map<std::string, ListenerPort*> local_listeners;

 private:
  void receive_udp(const Packet& packet);
  void receive_icmp(const Packet& packet);
  void receive_tcp(const Packet& packet);
  bool listens(const base::Endpoint& local) const;

  Internet& internet_;
  const HostClock& clock_;
  HostIndex index_;
  std::vector<base::IpAddress> addresses_;
  IcmpRights icmp_rights_;
  bool powered_ = true;
  bool plugged_ = true;
  std::uint32_t carrier_losses_ = 0;
  std::uint64_t received_frames_ = 0;
  std::uint64_t sent_frames_ = 0;
  std::uint32_t power_cycles_ = 0;
  std::uint16_t last_port_ = 32'767;
  std::set<std::uint16_t> dropped_ports_;
};

}  // namespace holter::sim
