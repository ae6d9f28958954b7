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

}  // namespace

// An ICMP sequence has 16 bits, a payload has more.
std::uint32_t TraceTable::numbers() const { return protocol_ == TraceProtocol::icmp ? 0xffffU : 0xffff'ffffU; }

std::optional<TraceTable::Packet> TraceTable::begin(TraceOwner owner, const base::Endpoint& to, std::uint16_t flow,
                                                    std::uint32_t packet_bytes) {
  if (out_.size() >= kMaxOut) return std::nullopt;
  while (out_.contains(next_ & numbers())) ++next_;
  const std::uint32_t number = next_++ & numbers();
  Question& question = out_[number];
  question.owner = owner;
  question.to = to;
  const std::size_t headers = ip_header_bytes(family_) + kUdpHeaderBytes;
  const std::size_t payload = std::max(kTracePayloadBytes, packet_bytes > headers ? packet_bytes - headers : 0);
  if (protocol_ == TraceProtocol::udp) return Packet{number, trace_payload(number, secret_, payload)};
  return Packet{number, trace_echo(family_, static_cast<std::uint16_t>(number), flow, number, secret_, payload)};
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

TraceTable::Out::iterator TraceTable::find(const env::Arrival& arrival) {
  base::ByteReader reader(arrival.data);
  if (protocol_ == TraceProtocol::icmp) {
    // A reply, or the request as it was quoted, from its own header on.
    reader.skip(kEchoHeaderBytes - 2);
    const std::uint16_t sequence = reader.u16();
    if (reader.failed()) return out_.end();
    const bool is_error = arrival.kind == env::Arrival::Kind::error;
    if (is_error && quotes_nothing(reader.rest())) {
      const auto found = out_.find(sequence);
      return found != out_.end() && found->second.to.address == arrival.peer.address ? found : out_.end();
    }
    const auto number = trace_number(reader.rest(), secret_);
    const auto found = number == sequence ? out_.find(sequence) : out_.end();
    return found != out_.end() && found->second.to.address == arrival.peer.address ? found : out_.end();
  }
  if (arrival.kind == env::Arrival::Kind::error && quotes_nothing(arrival.data)) {
    return only_one_to(arrival.peer);
  }
  const auto number = trace_number(arrival.data, secret_);
  // A service that answers with something of its own has been reached all the same.
  if (!number && arrival.kind == env::Arrival::Kind::data) return only_one_to(arrival.peer);
  const auto found = number ? out_.find(*number) : out_.end();
  return found != out_.end() && found->second.to == arrival.peer ? found : out_.end();
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
  reading.owner = question.owner;
  reading.kind = kind_of(arrival, question.to.address);
  reading.from = arrival.kind == env::Arrival::Kind::data ? arrival.peer.address
                                                          : arrival.offender.value_or(base::IpAddress::any(family_));
  reading.icmp_type = arrival.icmp_type;
  reading.icmp_code = arrival.icmp_code;
  reading.mtu = arrival.mtu;
  reading.rtt = time.rtt;
  reading.kernel_stamped = time.kernel_stamped;
  const std::size_t before = ip_header_bytes(family_) + (protocol_ == TraceProtocol::udp ? kUdpHeaderBytes : 0);
  if (arrival.kind == env::Arrival::Kind::error) reading.labels = mpls_labels(arrival.data, before);
  return reading;
}

}  // namespace holter::probe
