#include "sim/stack.h"

#include <algorithm>

#include "sim/datagram.h"
#include "sim/frames.h"
#include "sim/segment.h"

namespace holter::sim {

Stack::Stack(Internet& internet, const HostClock& clock, HostIndex index, std::vector<base::IpAddress> addresses,
             IcmpRights rights)
    : internet_(internet), clock_(clock), index_(index), addresses_(std::move(addresses)), icmp_rights_(rights) {
  for (const auto& address : addresses_) internet_.attach(address, *this);
}

base::PacketTime Stack::stamp() const { return base::PacketTime::from_nanoseconds(clock_.wall_now().in_nanoseconds()); }

void Stack::power_off() {
  powered_ = false;
  ++power_cycles_;
}

void Stack::plug() { plugged_ = true; }

void Stack::unplug() {
  if (plugged_) ++carrier_losses_;
  plugged_ = false;
}

bool Stack::owns(const base::IpAddress& address) const {
  return address.is_loopback() || std::ranges::find(addresses_, address) != addresses_.end();
}

std::optional<base::IpAddress> Stack::source_for(const base::IpAddress& destination) const {
  if (destination.is_loopback()) return destination;
  for (const auto& address : addresses_) {
    if (address.family() == destination.family()) return address;
  }
  return std::nullopt;
}

std::uint16_t Stack::free_port() {
  last_port_ = last_port_ >= 60'999 ? std::uint16_t{32'768} : static_cast<std::uint16_t>(last_port_ + 1);
  return last_port_;
}

void Stack::tap(const std::vector<std::uint8_t>& frame, env::FrameDirection direction) {
  if (direction == env::FrameDirection::outgoing) ++sent_frames_;
  for (FrameTap* const tap : taps) tap->see(frame, direction, stamp());
}

void Stack::receive(const Packet& packet) {
  if (!powered_) return;
  if (!packet.source.address.is_loopback() && !owns(packet.source.address)) {
    if (!plugged_) return;
    ++received_frames_;
    tap(to_frame(packet), env::FrameDirection::host);
  }
  switch (packet.protocol) {
    case Protocol::udp: return receive_udp(packet);
    case Protocol::tcp: return receive_tcp(packet);
    case Protocol::icmp:
    case Protocol::icmp6: return receive_icmp(packet);
  }
}

void Stack::receive_udp(const Packet& packet) {
  for (DatagramPort* const port : datagrams) {
    if (port->takes_udp(packet.destination)) return port->deliver(packet);
  }
  internet_.send(*this, icmp_error(IcmpError::port_unreachable, packet, packet.destination.address));
}

bool Stack::listens(const base::Endpoint& local) const {
  return listeners.contains(local) || listeners.contains({base::IpAddress::any(local.address.family()), local.port});
}

void Stack::receive_tcp(const Packet& packet) {
  for (DatagramPort* const port : datagrams) {
    if (port->takes_tcp(packet.destination)) port->deliver(packet);
  }
  if (!is_syn(packet) || drops(packet.destination.port)) return;
  internet_.send(*this, answer_to_syn(packet, listens(packet.destination)));
}

void Stack::receive_icmp(const Packet& packet) {
  for (DatagramPort* const port : datagrams) {
    if (port->takes_icmp(packet)) port->deliver(packet);
  }
  if (packet.quoted) {
    for (DatagramPort* const port : datagrams) {
      if (port->sent(*packet.quoted)) port->deliver_error(packet);
    }
  }
  if (is_echo_request(packet)) internet_.send(*this, echo_reply_to(packet));
}

}  // namespace holter::sim
