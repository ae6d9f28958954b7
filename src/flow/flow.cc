#include "flow/flow.h"

#include <algorithm>
#include <limits>

#include "base/ip.h"
#include "record/icmp_pair.h"
#include "wire/transport/tcp.h"

namespace holter::flow {
namespace {

constexpr unsigned kTickShift = 10;
constexpr unsigned kShortShift = 6;

std::string text_of(const std::array<std::uint8_t, 16>& bytes, std::uint8_t version) {
  const auto address =
      version == 6 ? base::IpAddress::v6(bytes) : base::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return base::to_string(address);
}

void add_ports(const Flow& flow, record::FlowRecord& out) {
  const FlowKey& key = flow.key;
  const bool icmp = key.ip_protocol == record::kIcmpProtocol || key.ip_protocol == record::kIcmpv6Protocol;
  if (!icmp) {
    out.initiator_port = flow.low_initiates ? key.low_port : key.high_port;
    out.responder_port = flow.low_initiates ? key.high_port : key.low_port;
    return;
  }
  const auto pair = record::icmp_pair(key.ip_protocol, static_cast<std::uint8_t>(key.high_port >> 8));
  if (!pair || !pair->asks) {
    out.initiator_port = key.low_port;
    return;
  }
  if (flow.packets[0] != 0) out.initiator_port = key.high_port;
  if (flow.packets[1] != 0) out.responder_port = static_cast<std::uint16_t>(pair->counterpart << 8);
}

record::TcpState state_of(const Flow& flow) {
  using record::TcpState;
  const std::uint8_t initiator = flow.tcp_flags[0];
  const std::uint8_t responder = flow.tcp_flags[1];
  if (flow.end_reason == record::EndReason::reset) return TcpState::reset;
  if ((initiator & responder & wire::kTcpFin) != 0) return TcpState::closed;
  if (((initiator | responder) & wire::kTcpFin) != 0) return TcpState::half_closed;
  if (((initiator | responder) & wire::kTcpSyn) == 0 || (initiator & wire::kTcpAck) != 0) return TcpState::established;
  return (responder & wire::kTcpSyn) != 0 ? TcpState::syn_received : TcpState::syn_sent;
}

record::ClosedBy closed_by(const Flow& flow) {
  using record::ClosedBy;
  if (flow.tcp[0].has(Mark::fins_crossed) || flow.tcp[1].has(Mark::fins_crossed)) return ClosedBy::both;
  if (flow.tcp[0].has(Mark::closed_first)) return ClosedBy::initiator;
  return flow.tcp[1].has(Mark::closed_first) ? ClosedBy::responder : ClosedBy::nobody;
}

void add_tcp(const Flow& flow, record::FlowRecord& out) {
  out.tcp_state = state_of(flow);
  out.closed_by = closed_by(flow);
  if (flow.tcp[1].has(Mark::handshake)) out.responder_rtt = of_shorts(flow.answer_time);
  if (flow.tcp[0].has(Mark::handshake_done)) out.initiator_rtt = of_shorts(flow.confirm_time);
}

record::TcpSide trouble_of(const Flow& flow, const Rarity& rarity, std::size_t side) {
  record::TcpSide out;
  out.retransmissions = rarity.retransmissions[side];
  out.spurious_retransmissions = rarity.spurious[side];
  out.out_of_order = rarity.out_of_order[side];
  out.duplicate_acks = rarity.duplicate_acks[side];
  out.keep_alives = rarity.keep_alives[side];
  out.zero_windows = rarity.zero_windows[side];
  std::uint32_t closed = rarity.zero_window_ticks[side];
  if (flow.tcp[side].has(Mark::zero_window)) {
    add_up_to_most(closed, ticks(flow, flow.last) - rarity.zero_window_since[side]);
  }
  out.zero_window_time = of_ticks(closed);
  out.missing_bytes = rarity.missing_bytes[side];
  return out;
}

}  // namespace

std::uint32_t ticks(const Flow& flow, base::PacketTime at) {
  return static_cast<std::uint32_t>((at - flow.first).in_nanoseconds() >> kTickShift);
}

std::uint32_t shorts(const Flow& flow, base::PacketTime at) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min((at - flow.first).in_nanoseconds() >> kShortShift, kMost));
}

base::Duration of_ticks(std::uint32_t ticks) { return base::Duration::nanoseconds(std::int64_t{ticks} << kTickShift); }

base::Duration of_shorts(std::uint32_t shorts) {
  return base::Duration::nanoseconds(std::int64_t{shorts} << kShortShift);
}

record::FlowRecord record_of(const Flow& flow, const Rarity* rarity, const std::string& interface,
                             record::EndReason reason) {
  const FlowKey& key = flow.key;
  const bool low = flow.low_initiates;
  record::FlowRecord out;
  out.interface = interface;
  out.ip_protocol = key.ip_protocol;
  out.vlan = key.vlans[0];
  out.inner_vlan = key.vlans[1];
  out.initiator = text_of(low ? key.low : key.high, key.ip_version);
  out.responder = text_of(low ? key.high : key.low, key.ip_version);
  add_ports(flow, out);
  out.first = flow.first;
  out.last = flow.last;
  out.initiator_packets = flow.packets[0];
  out.responder_packets = flow.packets[1];
  out.initiator_bytes = flow.bytes[0];
  out.responder_bytes = flow.bytes[1];
  out.initiator_ip_bytes = flow.bytes[0] - flow.overhead[0];
  out.responder_ip_bytes = flow.bytes[1] - flow.overhead[1];
  out.initiator_payload_bytes = flow.payload[0];
  out.responder_payload_bytes = flow.payload[1];
  out.initiator_tcp_flags = flow.tcp_flags[0];
  out.responder_tcp_flags = flow.tcp_flags[1];
  out.end_reason = reason;
  out.history = flow.history.text();
  if (key.tunnel != wire::Protocol::ethernet) out.tunnel = to_string(key.tunnel);
  if (flow.tcp[0].has(Mark::seen) || flow.tcp[1].has(Mark::seen)) add_tcp(flow, out);
  if (rarity == nullptr) return out;
  out.tunnel_id = rarity->tunnel_id;
  for (std::size_t side = 0; side < 2; ++side) out.tcp[side] = trouble_of(flow, *rarity, side);
  return out;
}

}  // namespace holter::flow
