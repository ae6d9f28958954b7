// The fields of conversations. Names that packets have as well mean either end here.
#include <array>

#include "filter/record_field.h"
#include "wire/numbers.h"
#include "wire/transport/tcp.h"

namespace holter::filter {
namespace {

using record::FlowRecord;

constexpr std::uint64_t kMostPort = 65'535;
const auto kEndReasons = words_of<record::EndReason, 7>();
const auto kTcpStates = words_of<record::TcpState, 7>();
const auto kClosers = words_of<record::ClosedBy, 4>();

template <auto read>
constexpr Load kLoad = load_of<FlowRecord, read>;

template <std::uint8_t protocol>
void load_protocol(const FlowRecord& flow, Values& out) {
  out.truth(flow.ip_protocol == protocol);
}

bool has_ports(const FlowRecord& flow) {
  return flow.ip_protocol == wire::kIpprotoTcp || flow.ip_protocol == wire::kIpprotoUdp;
}

void load_ports(const FlowRecord& flow, Values& out) {
  out.number(flow.initiator_port);
  out.number(flow.responder_port);
}

template <std::uint8_t protocol>
void load_ports_of(const FlowRecord& flow, Values& out) {
  if (flow.ip_protocol == protocol) load_ports(flow, out);
}

void load_hosts(const FlowRecord& flow, Values& out) {
  out.address(flow.initiator);
  out.address(flow.responder);
}

template <std::uint8_t flag>
void load_flag(const FlowRecord& flow, Values& out) {
  const bool set = ((flow.initiator_tcp_flags | flow.responder_tcp_flags) & flag) != 0;
  if (flow.ip_protocol == wire::kIpprotoTcp) out.truth(set);
}

template <auto count>
void load_sum(const FlowRecord& flow, Values& out) {
  if (flow.tcp_state != record::TcpState::none) out.number(std::uint64_t{flow.tcp[0].*count} + flow.tcp[1].*count);
}

const std::array kFields = std::to_array<RecordField>({
    {{"interface", Type::text, "where it was captured"}, kLoad<[](const auto& r, auto& v) { v.text(r.interface); }>},
    {{"tcp", Type::boolean, "a conversation over TCP"}, kLoad<load_protocol<wire::kIpprotoTcp>>},
    {{"udp", Type::boolean, "over UDP"}, kLoad<load_protocol<wire::kIpprotoUdp>>},
    {{"icmp", Type::boolean, "over ICMP"}, kLoad<load_protocol<wire::kIpprotoIcmp>>},
    {{"icmpv6", Type::boolean, "over ICMPv6"}, kLoad<load_protocol<wire::kIpprotoIcmpv6>>},
    {{.name = "ip.protocol", .type = Type::number, .description = "the protocol's number at IANA", .most = 255},
     kLoad<[](const auto& r, auto& v) { v.number(r.ip_protocol); }>},
    {{"vlan", Type::boolean, "within a VLAN"}, kLoad<[](const auto& r, auto& v) { v.truth(r.vlan != 0); }>},
    {{.name = "vlan.id", .type = Type::number, .description = "the outermost VLAN's number", .most = 4'095},
     kLoad<[](const auto& r, auto& v) {
       if (r.vlan != 0) v.number(r.vlan);
     }>},
    {{"host", Type::address, "initiator or responder", Sides::two}, kLoad<load_hosts>},
    {{"ip.addr", Type::address, "the same", Sides::two}, kLoad<load_hosts>},
    {{"initiator", Type::address, "who began"}, kLoad<[](const auto& r, auto& v) { v.address(r.initiator); }>},
    {{"responder", Type::address, "the other end"}, kLoad<[](const auto& r, auto& v) { v.address(r.responder); }>},
    {{"port", Type::number, "either port of TCP or UDP", Sides::two, kMostPort}, kLoad<[](const auto& r, auto& v) {
       if (has_ports(r)) load_ports(r, v);
     }>},
    {{"tcp.port", Type::number, "either port of TCP", Sides::two, kMostPort}, kLoad<load_ports_of<wire::kIpprotoTcp>>},
    {{"udp.port", Type::number, "either port of UDP", Sides::two, kMostPort}, kLoad<load_ports_of<wire::kIpprotoUdp>>},
    {{"initiator_port", Type::number, "the initiator's port; of ICMP type * 256 + code", Sides::one, kMostPort},
     kLoad<[](const auto& r, auto& v) { v.number(r.initiator_port); }>},
    {{"responder_port", Type::number, "the responder's port", Sides::one, kMostPort},
     kLoad<[](const auto& r, auto& v) { v.number(r.responder_port); }>},
    {{"packets", Type::number, "both ways together"},
     kLoad<[](const auto& r, auto& v) { v.number(r.initiator_packets + r.responder_packets); }>},
    {{"initiator_packets", Type::number, "of the initiator"},
     kLoad<[](const auto& r, auto& v) { v.number(r.initiator_packets); }>},
    {{"responder_packets", Type::number, "of the responder"},
     kLoad<[](const auto& r, auto& v) { v.number(r.responder_packets); }>},
    {{"bytes", Type::size, "both ways together, of the frames as they were on the wire"},
     kLoad<[](const auto& r, auto& v) { v.number(r.initiator_bytes + r.responder_bytes); }>},
    {{"initiator_bytes", Type::size, "of the initiator"},
     kLoad<[](const auto& r, auto& v) { v.number(r.initiator_bytes); }>},
    {{"responder_bytes", Type::size, "of the responder"},
     kLoad<[](const auto& r, auto& v) { v.number(r.responder_bytes); }>},
    {{"payload_bytes", Type::size, "both ways together, behind the innermost header that was decoded"},
     kLoad<[](const auto& r, auto& v) { v.number(r.initiator_payload_bytes + r.responder_payload_bytes); }>},
    {{"vlan.inner_id", Type::number, "the second VLAN tag's number", Sides::one, 4'095},
     kLoad<[](const auto& r, auto& v) {
       if (r.inner_vlan != 0) v.number(r.inner_vlan);
     }>},
    {{"tunnel", Type::text, "the kind of the innermost tunnel, as vxlan or gre"}, kLoad<[](const auto& r, auto& v) {
       if (!r.tunnel.empty()) v.text(r.tunnel);
     }>},
    {{"tunnel.id", Type::number, "its VNI, TEID or key"}, kLoad<[](const auto& r, auto& v) {
       if (!r.tunnel.empty()) v.number(r.tunnel_id);
     }>},
    {{"duration", Type::duration, "from the first packet to the last"},
     kLoad<[](const auto& r, auto& v) { v.duration(r.last - r.first); }>},
    {{"tcp.syn", Type::boolean, "a SYN was seen, either way"}, kLoad<load_flag<wire::kTcpSyn>>},
    {{"tcp.fin", Type::boolean, "a FIN was seen, either way"}, kLoad<load_flag<wire::kTcpFin>>},
    {{"tcp.rst", Type::boolean, "a RST was seen, either way"}, kLoad<load_flag<wire::kTcpRst>>},
    {{"tcp.retransmissions", Type::number, "segments sent again, either way"},
     kLoad<load_sum<&record::TcpSide::retransmissions>>},
    {{"tcp.out_of_order", Type::number, "segments that were overtaken, either way"},
     kLoad<load_sum<&record::TcpSide::out_of_order>>},
    {{"tcp.duplicate_acks", Type::number, "either way"}, kLoad<load_sum<&record::TcpSide::duplicate_acks>>},
    {{"tcp.zero_windows", Type::number, "segments that said there was no room, either way"},
     kLoad<load_sum<&record::TcpSide::zero_windows>>},
    {{"tcp.missing_bytes", Type::size, "sent and not seen, either way"},
     kLoad<load_sum<&record::TcpSide::missing_bytes>>},
    {{"tcp.responder_rtt", Type::duration, "from the SYN to its answer"}, kLoad<[](const auto& r, auto& v) {
       if (r.responder_rtt) v.duration(*r.responder_rtt);
     }>},
    {{"tcp.initiator_rtt", Type::duration, "from that answer to its ACK"}, kLoad<[](const auto& r, auto& v) {
       if (r.initiator_rtt) v.duration(*r.initiator_rtt);
     }>},
    {{.name = "tcp.state", .type = Type::word, .description = "how far TCP came", .words = kTcpStates},
     kLoad<[](const auto& r, auto& v) {
       if (r.tcp_state != record::TcpState::none) v.number(static_cast<std::uint64_t>(r.tcp_state));
     }>},
    {{.name = "tcp.closed_by",
      .type = Type::word,
      .description = "who sent the first FIN or the RST",
      .words = kClosers},
     kLoad<[](const auto& r, auto& v) {
       if (r.tcp_state != record::TcpState::none) v.number(static_cast<std::uint64_t>(r.closed_by));
     }>},
    {{.name = "end_reason", .type = Type::word, .description = "why the record was written", .words = kEndReasons},
     kLoad<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.end_reason)); }>},
});

}  // namespace

std::span<const RecordField> conversation_fields() { return kFields; }

}  // namespace holter::filter
