#include "api/conversation_json.h"

#include <array>
#include <optional>

#include "record/community_id.h"

namespace holter::api {
namespace {

using record::FlowRecord;
using record::TcpSide;

template <class Value>
std::optional<Value> unless_zero(Value value) {
  return value == Value() ? std::nullopt : std::optional(value);
}

void write_counts(base::JsonWriter& json, std::string_view name, std::uint64_t initiator, std::uint64_t responder) {
  json.key(name).begin_array().count(initiator).count(responder).end_array();
}

template <auto count>
void write_of_both(base::JsonWriter& json, std::string_view name, const FlowRecord& flow) {
  write_counts(json, name, flow.tcp[0].*count, flow.tcp[1].*count);
}

void write_tcp(base::JsonWriter& json, const FlowRecord& flow) {
  if (flow.tcp_state == record::TcpState::none) {
    json.null();
    return;
  }
  const bool open = flow.closed_by == record::ClosedBy::nobody;
  json.begin_object().member("state", to_string(flow.tcp_state));
  json.member("closed_by", open ? std::nullopt : std::optional(to_string(flow.closed_by)));
  json.member("responder_rtt_ms", base::milliseconds(flow.responder_rtt));
  json.member("initiator_rtt_ms", base::milliseconds(flow.initiator_rtt));
  json.key("flags").begin_array();
  write_tcp_flags(json, flow.initiator_tcp_flags);
  write_tcp_flags(json, flow.responder_tcp_flags);
  json.end_array();
  write_of_both<&TcpSide::retransmissions>(json, "retransmissions", flow);
  write_of_both<&TcpSide::spurious_retransmissions>(json, "spurious_retransmissions", flow);
  write_of_both<&TcpSide::out_of_order>(json, "out_of_order", flow);
  write_of_both<&TcpSide::duplicate_acks>(json, "duplicate_acks", flow);
  write_of_both<&TcpSide::keep_alives>(json, "keep_alives", flow);
  write_of_both<&TcpSide::zero_windows>(json, "zero_windows", flow);
  json.key("zero_window_ms").begin_array();
  for (const TcpSide& side : flow.tcp) json.number(base::milliseconds(side.zero_window_time));
  json.end_array();
  write_of_both<&TcpSide::missing_bytes>(json, "missing_bytes", flow);
  json.end_object();
}

}  // namespace

void write_tcp_flags(base::JsonWriter& json, std::uint8_t flags) {
  constexpr std::array<std::string_view, 8> names = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
  json.begin_array();
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((flags >> bit & 1) != 0) json.text(names[bit]);
  }
  json.end_array();
}

std::string_view protocol_name(std::uint8_t ip_protocol) {
  switch (ip_protocol) {
    case 1: return "icmp";
    case 2: return "igmp";
    case 6: return "tcp";
    case 17: return "udp";
    case 58: return "icmpv6";
    case 132: return "sctp";
    default: return "";
  }
}

void write_conversation_members(base::JsonWriter& json, const FlowRecord& flow, unsigned fraction_digits) {
  const bool ended = flow.end_reason != record::EndReason::active;
  const auto time_of = [fraction_digits](base::PacketTime at) {
    return to_string(base::as_wall_time(at), fraction_digits);
  };
  const std::string community_id = record::community_id(flow);
  json.member("interface", flow.interface).member("protocol", protocol_name(flow.ip_protocol));
  json.member("ip_protocol", flow.ip_protocol).member("vlan", unless_zero(flow.vlan));
  json.member("initiator", flow.initiator).member("initiator_port", flow.initiator_port);
  json.member("responder", flow.responder).member("responder_port", flow.responder_port);
  json.member("first", time_of(flow.first)).member("last", time_of(flow.last));
  write_counts(json, "packets", flow.initiator_packets, flow.responder_packets);
  write_counts(json, "bytes", flow.initiator_bytes, flow.responder_bytes);
  json.member("ended", ended ? std::optional(to_string(flow.end_reason)) : std::nullopt);
  write_counts(json, "ip_bytes", flow.initiator_ip_bytes, flow.responder_ip_bytes);
  write_counts(json, "payload_bytes", flow.initiator_payload_bytes, flow.responder_payload_bytes);
  json.member("inner_vlan", unless_zero(flow.inner_vlan));
  json.member("tunnel", unless_zero(flow.tunnel));
  json.member("tunnel_id", flow.tunnel.empty() ? std::nullopt : std::optional(flow.tunnel_id));
  json.member("community_id", unless_zero(community_id));
  json.member("history", unless_zero(flow.history));
  json.key("tcp");
  write_tcp(json, flow);
}

}  // namespace holter::api
