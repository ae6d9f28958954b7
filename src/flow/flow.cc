#include "flow/flow.h"

#include "base/ip.h"
#include "wire/network/icmp.h"
#include "wire/transport/tcp.h"

namespace holter::flow {
namespace {

using wire::Protocol;

std::string text_of(const std::array<std::uint8_t, 16>& bytes, std::uint8_t version) {
  const auto address =
      version == 6 ? base::IpAddress::v6(bytes) : base::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return base::to_string(address);
}

bool is_icmp(const FlowKey& key) {
  return key.ip_protocol == wire::kIpprotoIcmp || key.ip_protocol == wire::kIpprotoIcmpv6;
}

// TCP as far as flows need it: ended by a reset or both FINs, established when both sides sent an ACK.
void follow_tcp(Flow& flow) {
  const std::uint8_t a = flow.sides[0].tcp_flags;
  const std::uint8_t b = flow.sides[1].tcp_flags;
  if (((a | b) & wire::kTcpRst) != 0) {
    flow.patience = Patience::closing;
    if (flow.end_reason != record::EndReason::fin) flow.end_reason = record::EndReason::reset;
  } else if ((a & b & wire::kTcpFin) != 0) {
    flow.patience = Patience::closing;
    flow.end_reason = record::EndReason::fin;
  } else if ((a & b & wire::kTcpAck) != 0) {
    flow.patience = Patience::established;
  }
}

}  // namespace

bool sender_initiates(const wire::Packet& packet) {
  const std::uint8_t open = packet.tcp_flags & (wire::kTcpSyn | wire::kTcpAck);
  if (packet.has(Protocol::tcp)) return open != (wire::kTcpSyn | wire::kTcpAck);
  return !wire::is_echo_reply(packet);
}

bool opens_anew(const Flow& flow, const wire::Packet& packet) {
  return flow.patience == Patience::closing && packet.has(Protocol::tcp) &&
         (packet.tcp_flags & (wire::kTcpSyn | wire::kTcpAck)) == wire::kTcpSyn;
}

void count(Flow& flow, const wire::Packet& packet, bool low_sends, base::PacketTime now) {
  Side& side = flow.sides[low_sends == flow.low_initiates ? 0 : 1];
  if (side.packets == 0) side.icmp = static_cast<std::uint16_t>(packet.icmp_type << 8 | packet.icmp_code);
  ++side.packets;
  side.bytes += packet.original_length;
  flow.last = now;
  if (!packet.has(Protocol::tcp)) return;
  side.tcp_flags |= packet.tcp_flags;
  follow_tcp(flow);
}

record::FlowRecord record_of(const Flow& flow, const std::string& interface, record::EndReason reason) {
  const FlowKey& key = flow.key;
  const bool low = flow.low_initiates;
  record::FlowRecord out;
  out.interface = interface;
  out.ip_protocol = key.ip_protocol;
  out.vlan = key.vlan;
  out.initiator = text_of(low ? key.low : key.high, key.ip_version);
  out.responder = text_of(low ? key.high : key.low, key.ip_version);
  out.initiator_port = is_icmp(key) ? flow.sides[0].icmp : low ? key.low_port : key.high_port;
  out.responder_port = is_icmp(key) ? flow.sides[1].icmp : low ? key.high_port : key.low_port;
  out.first = flow.first;
  out.last = flow.last;
  out.initiator_packets = flow.sides[0].packets;
  out.responder_packets = flow.sides[1].packets;
  out.initiator_bytes = flow.sides[0].bytes;
  out.responder_bytes = flow.sides[1].bytes;
  out.initiator_tcp_flags = flow.sides[0].tcp_flags;
  out.responder_tcp_flags = flow.sides[1].tcp_flags;
  out.end_reason = reason;
  return out;
}

}  // namespace holter::flow
