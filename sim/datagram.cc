#include "sim/datagram.h"

#include <algorithm>

#include "sim/segment.h"

namespace holter::sim {
namespace {

using base::Error;
using base::ErrorKind;
using env::DatagramKind;

constexpr base::Duration kStampDelay = base::Duration::microseconds(10);
constexpr std::size_t kMaxPayload = 65'507;

// An arrival takes more of the kernel's buffer than its bytes.
std::size_t cost(const env::Arrival& arrival) { return arrival.data.size() + 256; }

}  // namespace

DatagramPort::DatagramPort(Stack& stack, env::DatagramOptions options, boost::asio::any_io_executor executor)
    : stack_(stack), options_(std::move(options)), inbox_(std::make_shared<Inbox>(std::move(executor))) {
  if (options_.receive_buffer_bytes == 0) options_.receive_buffer_bytes = kDefaultReceiveBuffer;
  stack_.datagrams.push_back(this);
}

DatagramPort::~DatagramPort() { std::erase(stack_.datagrams, this); }

base::Result<Packet> DatagramPort::packet_to(const base::Endpoint& to, base::Bytes payload) const {
  if (payload.size() > kMaxPayload) return Error{ErrorKind::too_large, "a datagram carries at most 65507 bytes"};
  if (to.address.family() != options_.local.address.family()) {
    return Error{ErrorKind::unsupported, to_string(to) + " is of another address family than the socket"};
  }
  const auto source = options_.local.address.is_any() ? stack_.source_for(to.address) : options_.local.address;
  if (!source) return Error{ErrorKind::unreachable, "no address to reach " + to_string(to) + " from"};
  if (options_.kind == DatagramKind::tcp_raw) {
    auto segment = tcp_packet(*source, to.address, payload);
    if (!segment) return Error{ErrorKind::invalid, "a TCP segment has 20 bytes at least"};
    return *segment;
  }
  Packet packet;
  packet.source = {*source, options_.local.port};
  packet.destination = to;
  packet.ttl = options_.egress.ttl.value_or(64);
  packet.dscp = options_.egress.dscp.value_or(0);
  packet.payload.assign(payload.begin(), payload.end());
  if (options_.kind == DatagramKind::udp) return packet;

  if (payload.size() < kIcmpHeaderBytes) return Error{ErrorKind::invalid, "an ICMP message has 8 bytes at least"};
  packet.protocol = icmp_of(to.address.family());
  packet.source.port = packet.destination.port = 0;
  if (options_.kind == DatagramKind::icmp_echo) {
    if (!is_echo_request(packet)) return Error{ErrorKind::invalid, "a ping socket sends echo requests only"};
    packet.payload[4] = static_cast<std::uint8_t>(options_.local.port >> 8);
    packet.payload[5] = static_cast<std::uint8_t>(options_.local.port);
  }
  if (options_.kind == DatagramKind::icmp_echo || packet.protocol == Protocol::icmp6) set_icmp_checksum(packet);
  return packet;
}

base::Result<std::uint32_t> DatagramPort::send(const base::Endpoint& to, base::Bytes payload) {
  auto packet = packet_to(to, payload);
  if (!packet) return packet.error();
  return send_packet(to, std::move(*packet));
}

base::Result<std::uint32_t> DatagramPort::send_with_ttl(const base::Endpoint& to, base::Bytes payload,
                                                        std::uint8_t ttl) {
  auto packet = packet_to(to, payload);
  if (!packet) return packet.error();
  packet->ttl = ttl;
  return send_packet(to, std::move(*packet));
}

base::Result<std::uint32_t> DatagramPort::send_packet(const base::Endpoint& to, Packet packet) {
  const std::uint32_t number = sends_++;
  if (options_.stamps) stamp_departure(number, to);
  stack_.internet().send(stack_, packet);
  return number;
}

void DatagramPort::stamp_departure(std::uint32_t number, const base::Endpoint& to) {
  env::Arrival arrival;
  arrival.kind = env::Arrival::Kind::transmitted;
  arrival.peer = to;
  arrival.stamp = stack_.stamp();
  arrival.send_number = number;
  auto& timeline = stack_.internet().timeline();
  timeline.after(kStampDelay, "stamp", [weak = std::weak_ptr(inbox_), arrival, &timeline] {
    const auto inbox = weak.lock();
    if (!inbox) return;
    inbox->bytes += cost(arrival);
    inbox->arrivals.push_back(arrival);
    inbox->arrivals.back().received_at = timeline.now();
    inbox->arrived.notify();
  });
}

env::Task<base::Result<void>> DatagramPort::receive(std::vector<env::Arrival>& into, std::size_t limit) {
  const auto inbox = inbox_;
  while (inbox->arrivals.empty()) co_await inbox->arrived.wait();
  for (std::size_t n = 0; n < limit && !inbox->arrivals.empty(); ++n) {
    inbox->bytes -= cost(inbox->arrivals.front());
    into.push_back(std::move(inbox->arrivals.front()));
    inbox->arrivals.pop_front();
  }
  co_return base::Result<void>();
}

bool DatagramPort::takes_udp(const base::Endpoint& destination) const {
  const auto& local = options_.local;
  return options_.kind == DatagramKind::udp && local.port == destination.port &&
         local.address.family() == destination.address.family() &&
         (local.address.is_any() || local.address == destination.address);
}

bool DatagramPort::takes_icmp(const Packet& packet) const {
  if (options_.local.address.family() != packet.destination.address.family()) return false;
  if (options_.kind == DatagramKind::icmp_raw) return true;
  return options_.kind == DatagramKind::icmp_echo && is_echo_reply(packet) && echo_id(packet) == options_.local.port;
}

bool DatagramPort::takes_tcp(const base::Endpoint& destination) const {
  const auto& local = options_.local;
  return options_.kind == DatagramKind::tcp_raw && destination.port >= local.port &&
         destination.port - local.port < options_.ports && local.address.family() == destination.address.family() &&
         (local.address.is_any() || local.address == destination.address);
}

bool DatagramPort::sent(const Packet& packet) const {
  if (options_.kind == DatagramKind::udp) return packet.protocol == Protocol::udp && takes_udp(packet.source);
  if (options_.kind == DatagramKind::tcp_raw) return packet.protocol == Protocol::tcp && takes_tcp(packet.source);
  return options_.kind == DatagramKind::icmp_echo && is_echo_request(packet) && echo_id(packet) == options_.local.port;
}

void DatagramPort::put(env::Arrival arrival) {
  if (inbox_->bytes + cost(arrival) > options_.receive_buffer_bytes) return;
  arrival.received_at = stack_.internet().timeline().now();
  if (options_.stamps) arrival.stamp = stack_.stamp();
  inbox_->bytes += cost(arrival);
  inbox_->arrivals.push_back(std::move(arrival));
  inbox_->arrived.notify();
}

void DatagramPort::deliver(const Packet& packet) {
  env::Arrival arrival;
  arrival.peer = packet.source;
  if (options_.kind == DatagramKind::tcp_raw) arrival.peer.port = 0;
  arrival.data = packet.payload;
  arrival.ttl = packet.ttl;
  if (options_.interfaces) arrival.interface = stack_.owns(packet.source.address) ? kLoopbackIndex : kInterfaceIndex;
  put(std::move(arrival));
}

void DatagramPort::deliver_error(const Packet& error) {
  if (!options_.errors) return;
  env::Arrival arrival;
  arrival.kind = env::Arrival::Kind::error;
  arrival.peer = error.quoted->destination;
  if (options_.kind == DatagramKind::tcp_raw) arrival.peer.port = 0;
  arrival.data = error.quoted->payload;
  arrival.icmp_type = error.payload.at(0);
  arrival.icmp_code = error.payload.at(1);
  arrival.offender = error.source.address;
  const bool port_unreachable = error.source.address.is_v4() ? arrival.icmp_type == 3 && arrival.icmp_code == 3
                                                             : arrival.icmp_type == 1 && arrival.icmp_code == 4;
  arrival.error = port_unreachable ? ErrorKind::refused : ErrorKind::unreachable;
  put(std::move(arrival));
}

}  // namespace holter::sim
