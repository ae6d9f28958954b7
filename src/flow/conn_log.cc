#include "flow/conn_log.h"

#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

#include "base/sha1.h"
#include "record/community_id.h"
#include "record/icmp_pair.h"
#include "wire/numbers.h"
#include "wire/transport/tcp.h"

namespace holter::flow {
namespace {

using record::FlowRecord;

struct Column {
  std::string_view name;
  std::string_view type;
};

constexpr std::array kColumns = std::to_array<Column>({
    {"ts", "time"},
    {"uid", "string"},
    {"id.orig_h", "addr"},
    {"id.orig_p", "port"},
    {"id.resp_h", "addr"},
    {"id.resp_p", "port"},
    {"proto", "enum"},
    {"service", "string"},
    {"duration", "interval"},
    {"orig_bytes", "count"},
    {"resp_bytes", "count"},
    {"conn_state", "string"},
    {"local_orig", "bool"},
    {"local_resp", "bool"},
    {"missed_bytes", "count"},
    {"history", "string"},
    {"orig_pkts", "count"},
    {"orig_ip_bytes", "count"},
    {"resp_pkts", "count"},
    {"resp_ip_bytes", "count"},
    {"tunnel_parents", "set[string]"},
    {"community_id", "string"},
});

constexpr std::string_view kUnset = "-";

// Zeek's states of one end, as conn_state() of its script asks for them.
enum class End : std::uint8_t { inactive, partial, syn_sent, established, closed, reset };

bool is_icmp(const FlowRecord& flow) {
  return flow.ip_protocol == record::kIcmpProtocol || flow.ip_protocol == record::kIcmpv6Protocol;
}

End end_of(std::uint8_t mine, std::uint8_t theirs, std::uint64_t packets) {
  if (packets == 0) return End::inactive;
  if ((mine & wire::kTcpRst) != 0) return End::reset;
  if ((mine & wire::kTcpFin) != 0) return End::closed;
  if ((mine & wire::kTcpSyn) == 0) return End::partial;
  return (theirs & wire::kTcpSyn) != 0 ? End::established : End::syn_sent;
}

std::string_view tcp_state(const FlowRecord& flow) {
  const End orig = end_of(flow.initiator_tcp_flags, flow.responder_tcp_flags, flow.initiator_packets);
  const End resp = end_of(flow.responder_tcp_flags, flow.initiator_tcp_flags, flow.responder_packets);
  const bool orig_inactive = orig == End::inactive || orig == End::partial;
  const bool resp_inactive = resp == End::inactive || resp == End::partial;
  if (resp == End::reset) {
    if (orig == End::syn_sent) return "REJ";
    return orig_inactive ? "RSTRH" : "RSTR";
  }
  if (orig == End::reset) return resp_inactive ? "RSTOS0" : "RSTO";
  if (orig == End::closed && resp == End::closed) return "SF";
  if (orig == End::closed) return resp_inactive ? "SH" : "S2";
  if (resp == End::closed) return orig_inactive ? "SHR" : "S3";
  if (orig == End::syn_sent && resp == End::inactive) return "S0";
  if (orig == End::established && resp == End::established) return "S1";
  return "OTH";
}

std::string_view conn_state(const FlowRecord& flow) {
  if (flow.ip_protocol == wire::kIpprotoTcp) return tcp_state(flow);
  if (flow.ip_protocol != wire::kIpprotoUdp) return "OTH";
  if (flow.initiator_packets == 0) return "SHR";
  return flow.responder_packets != 0 ? "SF" : "S0";
}

std::string seconds(std::int64_t nanoseconds) {
  char text[40];
  const long long whole = nanoseconds / 1'000'000'000;
  const long long micro = nanoseconds % 1'000'000'000 / 1'000;
  std::snprintf(text, sizeof text, "%lld.%06lld", whole, micro < 0 ? -micro : micro);
  return text;
}

std::string_view proto(const FlowRecord& flow) {
  if (is_icmp(flow)) return "icmp";
  if (flow.ip_protocol == wire::kIpprotoTcp) return "tcp";
  return flow.ip_protocol == wire::kIpprotoUdp ? "udp" : "unknown_transport";
}

// Zeek's are random; ours follow from what makes the conversation another one than all others.
std::string uid_of(const FlowRecord& flow) {
  constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::size_t kLength = 17;
  std::string all;
  for (const std::string& part :
       {flow.initiator, flow.responder, flow.tunnel, std::to_string(flow.initiator_port),
        std::to_string(flow.responder_port), std::to_string(flow.ip_protocol), std::to_string(flow.vlan),
        std::to_string(flow.inner_vlan), std::to_string(flow.tunnel_id), std::to_string(flow.first.in_nanoseconds())}) {
    all += part + '\t';
  }
  const auto digest = base::sha1(base::Bytes(reinterpret_cast<const std::uint8_t*>(all.data()), all.size()));
  std::string uid = "C";
  for (std::size_t i = 0; i < kLength; ++i) uid += kLetters[digest[i] % kLetters.size()];
  return uid;
}

struct Ports {
  unsigned orig;
  unsigned resp;
};

// Of ICMP Zeek shows the message's type and that of its answer, or its code when it has none.
Ports ports_of(const FlowRecord& flow) {
  if (!is_icmp(flow)) return {flow.initiator_port, flow.responder_port};
  const bool answer_alone = flow.initiator_packets == 0;
  const unsigned said = answer_alone ? flow.responder_port : flow.initiator_port;
  const auto pair = record::icmp_pair(flow.ip_protocol, static_cast<std::uint8_t>(said >> 8));
  if (!pair) return {said >> 8, said & 0xff};
  if (answer_alone) return {pair->counterpart, said >> 8};
  return {said >> 8, pair->counterpart};
}

std::string row(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty()) line += '\t';
    line += cell.empty() ? kUnset : std::string_view(cell);
  }
  return line + '\n';
}

}  // namespace

std::string conn_log_header() {
  std::string names = "#fields";
  std::string types = "#types";
  for (const Column& column : kColumns) {
    names.append("\t").append(column.name);
    types.append("\t").append(column.type);
  }
  return "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" + names + '\n' +
         types + '\n';
}

std::string conn_log_line(const FlowRecord& flow) {
  const Ports ports = ports_of(flow);
  const std::int64_t length = (flow.last - flow.first).in_nanoseconds();
  const bool silent = flow.initiator_packets + flow.responder_packets == 1;
  const std::string unset(kUnset);
  return row({seconds(flow.first.in_nanoseconds()),
              uid_of(flow),
              flow.initiator,
              std::to_string(ports.orig),
              flow.responder,
              std::to_string(ports.resp),
              std::string(proto(flow)),
              unset,
              silent ? unset : seconds(length),
              silent ? unset : std::to_string(flow.initiator_payload_bytes),
              silent ? unset : std::to_string(flow.responder_payload_bytes),
              std::string(conn_state(flow)),
              unset,
              unset,
              std::to_string(flow.tcp[0].missing_bytes + flow.tcp[1].missing_bytes),
              is_icmp(flow) ? unset : flow.history,
              std::to_string(flow.initiator_packets),
              std::to_string(flow.initiator_ip_bytes),
              std::to_string(flow.responder_packets),
              std::to_string(flow.responder_ip_bytes),
              unset,
              record::community_id(flow)});
}

}  // namespace holter::flow
