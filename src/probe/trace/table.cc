#include "probe/trace/table.h"

#include <algorithm>

#include "probe/trace/message.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;
using Kind = TraceReading::Kind;

constexpr std::size_t kEchoHeaderBytes = 8;
constexpr std::size_t kUdpHeaderBytes = 8;

std::size_t ip_header_bytes(Family family) { return family == Family::v4 ? 20 : 40; }

// Of the payload: nothing at all, or the zeros that stand before an extension (RFC 4884, section 5.1).
bool quotes_nothing(base::Bytes payload) {
  const base::Bytes start = payload.first(std::min(payload.size(), kTracePayloadBytes));
  return start.size() < sizeof(std::uint32_t) ||
         std::ranges::all_of(start, [](std::uint8_t byte) { return byte == 0; });
}

Kind kind_of(const env::Arrival& arrival, const base::IpAddress& target) {
  if (arrival.kind == env::Arrival::Kind::data) return Kind::target;
  const bool v4 = target.is_v4();
  if (arrival.icmp_type == (v4 ? 11 : 3)) return Kind::passing;
  const bool too_big = v4 ? arrival.icmp_type == 3 && arrival.icmp_code == 4 : arrival.icmp_type == 2;
  if (too_big || (!arrival.offender && arrival.mtu > 0)) return Kind::too_big;
  return arrival.offender == target ? Kind::target : Kind::unreachable;
}

TracePort port_state(const env::Arrival& arrival) {
  if (arrival.kind == env::Arrival::Kind::error) return TracePort::filtered;
  const auto segment = trace_segment(arrival.data);
  return segment && segment->resets ? TracePort::closed : TracePort::open;
}

}  // namespace

// An ICMP sequence has 16 bits, a payload has more; a TCP sequence number shall be guessed by nobody.
std::uint32_t TraceTable::free_number() {
  for (;;) {
    std::uint32_t number = next_++;
    if (protocol_ == TraceProtocol::icmp) number &= 0xffffU;
    if (protocol_ == TraceProtocol::tcp) number = trace_sequence(number, secret_);
    if (!out_.contains(number)) return number;
  }
}

std::vector<std::uint8_t> TraceTable::bytes_of(std::uint32_t number, const base::Endpoint& to, std::uint16_t flow,
                                               std::uint32_t packet_bytes) const {
  if (protocol_ == TraceProtocol::tcp) {
    return trace_syn({from_.address, static_cast<std::uint16_t>(from_.port + flow)}, to, number);
  }
  const std::size_t headers = ip_header_bytes(family()) + kUdpHeaderBytes;
  const std::size_t payload = std::max(kTracePayloadBytes, packet_bytes > headers ? packet_bytes - headers : 0);
  if (protocol_ == TraceProtocol::udp) return trace_payload(number, secret_, payload);
  return trace_echo(family(), static_cast<std::uint16_t>(number), flow, number, secret_, payload);
}

std::optional<TraceTable::Packet> TraceTable::begin(TraceOwner owner, const base::Endpoint& to, std::uint16_t flow,
                                                    std::uint32_t packet_bytes) {
  if (is_full()) return std::nullopt;
  const std::uint32_t number = free_number();
  Question& question = out_[number];
  question.owner = owner;
  question.to = to;
  return Packet{number, bytes_of(number, to, flow, packet_bytes)};
}

void TraceTable::sent(std::uint32_t number, std::uint32_t send_number, base::Instant at, base::Duration wall_offset) {
  const auto found = out_.find(number);
  if (found == out_.end()) return;
  found->second.trip.sent_at = at;
  found->second.wall_offset = wall_offset;
  found->second.send_number = send_number;
  by_send_number_[send_number] = number;
}

void TraceTable::end(std::uint32_t number) {
  const auto found = out_.find(number);
  if (found == out_.end()) return;
  by_send_number_.erase(found->second.send_number);
  out_.erase(found);
}

TraceTable::Out::iterator TraceTable::only_one_to(const base::Endpoint& to) {
  auto only = out_.end();
  for (auto it = out_.begin(); it != out_.end(); ++it) {
    if (it->second.to != to) continue;
    if (only != out_.end()) return out_.end();
    only = it;
  }
  return only;
}

// A reply, or the request as it was quoted, from its own header on.
TraceTable::Out::iterator TraceTable::find_echo(const env::Arrival& arrival) {
  base::ByteReader reader(arrival.data);
  reader.skip(kEchoHeaderBytes - 2);
  const std::uint16_t sequence = reader.u16();
  if (reader.failed()) return out_.end();
  const bool quotes_too_little = arrival.kind == env::Arrival::Kind::error && quotes_nothing(reader.rest());
  if (!quotes_too_little && trace_number(reader.rest(), secret_) != sequence) return out_.end();
  const auto found = out_.find(sequence);
  return found != out_.end() && found->second.to.address == arrival.peer.address ? found : out_.end();
}

TraceTable::Out::iterator TraceTable::find_datagram(const env::Arrival& arrival) {
  if (arrival.kind == env::Arrival::Kind::error && quotes_nothing(arrival.data)) return only_one_to(arrival.peer);
  const auto number = trace_number(arrival.data, secret_);
  // A service that answers with something of its own has been reached all the same.
  if (!number && arrival.kind == env::Arrival::Kind::data) return only_one_to(arrival.peer);
  const auto found = number ? out_.find(*number) : out_.end();
  return found != out_.end() && found->second.to == arrival.peer ? found : out_.end();
}

// A raw socket knows no ports; the segment does.
TraceTable::Out::iterator TraceTable::find_segment(const env::Arrival& arrival) {
  const auto segment = trace_segment(arrival.data);
  if (!segment) return out_.end();
  const bool is_error = arrival.kind == env::Arrival::Kind::error;
  if (!is_error && !segment->acknowledges) return out_.end();
  const auto found = out_.find(is_error ? segment->sequence : *segment->acknowledges - 1);
  const base::Endpoint to{arrival.peer.address, is_error ? segment->destination_port : segment->source_port};
  return found != out_.end() && found->second.to == to ? found : out_.end();
}

TraceTable::Out::iterator TraceTable::find(const env::Arrival& arrival) {
  switch (protocol_) {
    case TraceProtocol::udp: return find_datagram(arrival);
    case TraceProtocol::icmp: return find_echo(arrival);
    case TraceProtocol::tcp: break;
  }
  return find_segment(arrival);
}

std::optional<TraceReading> TraceTable::read(const env::Arrival& arrival, base::Duration wall_offset) {
  if (arrival.kind == env::Arrival::Kind::transmitted) {
    const auto number = by_send_number_.find(arrival.send_number);
    const auto question = number == by_send_number_.end() ? out_.end() : out_.find(number->second);
    if (question != out_.end()) question->second.trip.sent_stamp = arrival.stamp;
    return std::nullopt;
  }
  const auto found = find(arrival);
  if (found == out_.end()) return std::nullopt;
  Question& question = found->second;
  question.trip.received_at = arrival.received_at;
  question.trip.received_stamp = arrival.stamp;
  question.trip.wall_stepped = wall_offset - question.wall_offset;
  const auto time = time_of(question.trip);
  TraceReading reading;
  reading.number = found->first;
  reading.owner = question.owner;
  reading.kind = kind_of(arrival, question.to.address);
  reading.from = arrival.kind == env::Arrival::Kind::data ? arrival.peer.address
                                                          : arrival.offender.value_or(base::IpAddress::any(family()));
  reading.icmp_type = arrival.icmp_type;
  reading.icmp_code = arrival.icmp_code;
  reading.mtu = arrival.mtu;
  reading.rtt = time.rtt;
  reading.kernel_stamped = time.kernel_stamped;
  if (protocol_ == TraceProtocol::tcp && reading.kind == Kind::target) reading.port = port_state(arrival);
  const std::size_t before = ip_header_bytes(family()) + (protocol_ == TraceProtocol::udp ? kUdpHeaderBytes : 0);
  if (arrival.kind == env::Arrival::Kind::error) reading.labels = mpls_labels(arrival.data, before);
  return reading;
}

}  // namespace holter::probe
