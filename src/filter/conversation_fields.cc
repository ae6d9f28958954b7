// The fields of conversations. Names that packets have as well mean either end here.
#include <array>

#include "filter/record_field.h"
#include "wire/numbers.h"
#include "wire/transport/tcp.h"

namespace holter::filter {
namespace {

using record::FlowRecord;

constexpr std::uint64_t kMostPort = 65'535;
const auto kEndReasons = words_of<record::EndReason, 6>();

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
    {{"duration", Type::duration, "from the first packet to the last"},
     kLoad<[](const auto& r, auto& v) { v.duration(r.last - r.first); }>},
    {{"tcp.syn", Type::boolean, "a SYN was seen, either way"}, kLoad<load_flag<wire::kTcpSyn>>},
    {{"tcp.fin", Type::boolean, "a FIN was seen, either way"}, kLoad<load_flag<wire::kTcpFin>>},
    {{"tcp.rst", Type::boolean, "a RST was seen, either way"}, kLoad<load_flag<wire::kTcpRst>>},
    {{.name = "end_reason", .type = Type::word, .description = "why the record was written", .words = kEndReasons},
     kLoad<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.end_reason)); }>},
});

}  // namespace

std::span<const RecordField> conversation_fields() { return kFields; }

}  // namespace holter::filter
