#include "app/flow_text.h"

#include <fmt/format.h>

#include "api/conversation_json.h"
#include "base/units.h"
#include "flow/conn_log.h"
#include "term/table.h"

namespace holter::app {
namespace {

using record::FlowRecord;

constexpr unsigned kNanosecondDigits = 9;

std::string end_text(const FlowRecord& flow, const std::string& address, std::uint16_t port) {
  if (flow.ip_protocol == 1 || flow.ip_protocol == 58 || (flow.initiator_port | flow.responder_port) == 0) {
    return address;
  }
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

std::string protocol_text(const FlowRecord& flow) {
  const std::string_view name = api::protocol_name(flow.ip_protocol);
  return name.empty() ? fmt::format("ip {}", flow.ip_protocol) : std::string(name);
}

void add(std::string& text, std::uint64_t n, std::string_view what) {
  if (n != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, what);
}

// "established", "closed by initiator; 3 retransmitted, 1 out of order"
std::string state_text(const FlowRecord& flow) {
  if (flow.tcp_state == record::TcpState::none) return {};
  std::string state(to_string(flow.tcp_state));
  for (char& letter : state) letter = letter == '_' ? ' ' : letter;
  if (flow.closed_by != record::ClosedBy::nobody) state.append(" by ").append(to_string(flow.closed_by));
  std::string trouble;
  const auto& [initiator, responder] = flow.tcp;
  add(trouble, std::uint64_t{initiator.retransmissions} + responder.retransmissions, "retransmitted");
  add(trouble, std::uint64_t{initiator.out_of_order} + responder.out_of_order, "out of order");
  add(trouble, std::uint64_t{initiator.duplicate_acks} + responder.duplicate_acks, "duplicate acks");
  add(trouble, std::uint64_t{initiator.zero_windows} + responder.zero_windows, "zero windows");
  add(trouble, initiator.missing_bytes + responder.missing_bytes, "bytes missing");
  return trouble.empty() ? state : state + "; " + trouble;
}

std::string table_text(std::span<const FlowRecord> flows, const term::Screen& screen, bool first) {
  term::Table table({{"FIRST (UTC)", false, 27},
                     {"LASTED", true, 9},
                     {"PROTOCOL", false, 8},
                     {"INITIATOR", false, 21},
                     {"RESPONDER", false, 21},
                     {"PACKETS", true, 7},
                     {"ANSWERED", true, 8},
                     {"BYTES", true, 9},
                     {"ANSWERED", true, 9},
                     {"ENDED", false, 8},
                     {"TCP"}});
  for (const FlowRecord& flow : flows) {
    constexpr unsigned kMicrosecondDigits = 6;
    table.add({{to_string(base::as_wall_time(flow.first), kMicrosecondDigits)},
               {to_string(flow.last - flow.first)},
               {protocol_text(flow)},
               {end_text(flow, flow.initiator, flow.initiator_port)},
               {end_text(flow, flow.responder, flow.responder_port)},
               {std::to_string(flow.initiator_packets)},
               {std::to_string(flow.responder_packets)},
               {base::size_text(flow.initiator_bytes)},
               {base::size_text(flow.responder_bytes)},
               {std::string(to_string(flow.end_reason))},
               {state_text(flow)}});
  }
  return table.draw(screen, first ? term::Table::Titles::shown : term::Table::Titles::hidden);
}

std::string json_line(const FlowRecord& flow) {
  base::JsonWriter json;
  json.begin_object();
  api::write_conversation_members(json, flow, kNanosecondDigits);
  json.end_object();
  return json.take() + '\n';
}

}  // namespace

std::string busy_flow_text(std::span<const capture::BusyFlow> flows, const term::Screen& screen) {
  term::Table table({{"BYTES/S", true, 9},
                     {"PACKETS/S", true, 9},
                     {"PROTOCOL", false, 8},
                     {"INITIATOR", false, 21},
                     {"RESPONDER", false, 21},
                     {"BYTES", true, 9},
                     {"ANSWERED", true, 9},
                     {"LASTED", true, 9},
                     {"TCP"}});
  for (const auto& [flow, packets, bytes] : flows) {
    table.add({{base::size_text(static_cast<std::uint64_t>(bytes))},
               {fmt::format("{:.0f}", packets)},
               {protocol_text(flow)},
               {end_text(flow, flow.initiator, flow.initiator_port)},
               {end_text(flow, flow.responder, flow.responder_port)},
               {base::size_text(flow.initiator_bytes)},
               {base::size_text(flow.responder_bytes)},
               {to_string(flow.last - flow.first)},
               {state_text(flow)}});
  }
  return table.draw(screen);
}

std::string flow_heading(FlowForm form) { return form == FlowForm::conn_log ? flow::conn_log_header() : ""; }

std::string flow_text(FlowForm form, std::span<const FlowRecord> flows, const term::Screen& screen, bool first) {
  if (form == FlowForm::table) return table_text(flows, screen, first);
  std::string text;
  for (const FlowRecord& flow : flows) text += form == FlowForm::json ? json_line(flow) : flow::conn_log_line(flow);
  return text;
}

std::string flow_figures(const flow::FlowCounters& counters, std::uint64_t left_out) {
  std::string text = fmt::format("{} {}", counters.created, counters.created == 1 ? "conversation" : "conversations");
  std::string more;
  add(more, left_out, "not shown");
  add(more, counters.evicted, "ended early for want of room");
  add(more, counters.without_ip, "packets without IP");
  add(more, counters.clamped, "stamps that jump back");
  return text + (more.empty() ? "" : "; " + more) + '\n';
}

}  // namespace holter::app
