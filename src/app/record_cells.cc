#include "app/record_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/parameters.h"
#include "app/local_time.h"
#include "base/units.h"
#include "base/untrusted_text.h"

namespace holter::app {
namespace {

using nlohmann::json;
using term::Tone;

json member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? json() : *found;
}

// Numbers from another program: none is converted that would not fit.
std::uint64_t count_of(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return 0;
}

std::string shown_count(const json& value) {
  return value.is_number_unsigned() ? std::to_string(count_of(value)) : "-";
}

json of_two(const json& object, const char* key, std::size_t index) {
  const json both = member(object, key);
  return both.is_array() && index < both.size() ? both[index] : json();
}

std::string shown_moment(const json& object, const char* key, base::WallTime now) {
  const json value = member(object, key);
  if (!value.is_string()) return "-";
  const auto at = api::parse_moment(value.get_ref<const std::string&>());
  return at ? local_time(*at, now) : shown_text(object, key);
}

std::string shown_duration(const json& value, double nanoseconds) {
  if (!value.is_number()) return "-";
  const double ns = value.get<double>() * nanoseconds;
  if (!(ns >= 0 && ns < 9e18)) return "-";
  return to_string(base::Duration::nanoseconds(static_cast<std::int64_t>(ns)));
}

std::string shown_protocol(const json& record) {
  const std::string name = shown_text(record, "protocol");
  if (!name.empty()) return name;
  const auto number = count_of(member(record, "ip_protocol"));
  if (number != 0) return fmt::format("ip {}", number);
  const auto type = count_of(member(record, "ether_type"));
  return type == 0x0806 ? "arp" : fmt::format("{:#06x}", type);
}

std::string joined(const json& list) {
  std::string text;
  for (const auto& word : list.is_array() ? list : json::array()) {
    if (!word.is_string()) continue;
    text += (text.empty() ? "" : ",") + base::UntrustedText(word.get_ref<const std::string&>()).for_terminal();
  }
  return text;
}

// Who it is said to be, when nothing proves it.
term::Cell peer_cell(const json& record) {
  if (shown_text(record, "authentication") != "none") return {shown_text(record, "peer")};
  return {shown_text(record, "peer") + " unauthenticated", Tone::warn};
}

}  // namespace

std::string shown_text(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return "";
  return base::UntrustedText::from_json_text(found->get_ref<const std::string&>()).for_terminal();
}

std::string shown_endpoint(const json& object, const char* address, const char* port) {
  const std::string protocol = shown_text(object, "protocol");
  const std::string host = shown_text(object, address);
  if (protocol != "tcp" && protocol != "udp") return host;
  return (host.find(':') == host.npos ? host : '[' + host + ']') + ':' + shown_count(member(object, port));
}

std::string shown_size(const json& value) {
  return value.is_number_unsigned() ? base::size_text(count_of(value)) : "-";
}

std::string shown_seconds(const json& value) { return shown_duration(value, 1e9); }
std::string shown_milliseconds(const json& value) { return shown_duration(value, 1e6); }

Tone tone_of_session(const std::string& state) {
  if (state == "up") return Tone::good;
  if (state == "down") return Tone::bad;
  return state == "pulsing" || state == "blind" ? Tone::warn : Tone::plain;
}

// What has several lines (an expectation each) in one.
std::string joined_lines(const json& object, const char* key) {
  const json value = member(object, key);
  if (!value.is_string()) return "";
  const auto lines = base::UntrustedText::from_json_text(value.get_ref<const std::string&>());
  std::string text;
  for (const char c : lines.raw()) text += c == '\n' ? "; " : std::string(1, c);
  return base::UntrustedText(text).for_terminal();
}

// "ok", "timeout in connect"; what was never sent failed in no phase.
term::Cell outcome_cell(const json& record) {
  const std::string outcome = shown_text(record, "outcome");
  const std::string failed_in = shown_text(record, "failed_in");
  if (outcome == "ok") return {outcome, Tone::good};
  std::string text = outcome == "skipped" || failed_in.empty() ? outcome : outcome + " in " + failed_in;
  std::ranges::replace(text, '_', ' ');
  return {std::move(text), Tone::bad};
}

Cells result_cells(const json& record, base::WallTime) {
  const json at = member(record, "at");
  const auto moment = at.is_string() ? api::parse_moment(at.get_ref<const std::string&>()) : std::nullopt;
  return {{moment ? dated_time(*moment) : shown_text(record, "at")},
          {shown_text(record, "probe")},
          {shown_text(record, "kind")},
          outcome_cell(record),
          {shown_milliseconds(member(record, "rtt_ms"))},
          {shown_text(record, "address")},
          {joined_lines(record, "detail")}};
}

// What a job does, before its last message: "runs since 02:30:01; ", "due 02:30:00, ran 12 s; ".
std::string job_text(const json& record, base::WallTime now) {
  std::string text;
  if (member(record, "running_since").is_string()) text = "runs since " + shown_moment(record, "running_since", now);
  if (member(record, "due").is_string()) text = "due " + shown_moment(record, "due", now);
  const json last_run = member(record, "last_run_seconds");
  if (last_run.is_number()) text += (text.empty() ? "ran " : ", ran ") + shown_seconds(last_run);
  const bool speaks = member(record, "last_message").is_object();
  return text + (text.empty() || !speaks ? "" : "; ");
}

std::string why_text(const json& record) {
  const std::string reason = shown_text(record, "reason");
  return shown_text(record, "diagnostic") + (reason.empty() ? "" : ": ") + reason;
}

// "pulsing 1 of 3"
term::Cell state_cell(const json& record) {
  const std::string state = shown_text(record, "state");
  const json asks = member(record, "asks");
  const bool asking = state == "pulsing" && asks.is_number_unsigned();
  return {asking ? "pulsing " + shown_count(member(record, "asked")) + " of " + shown_count(asks) : state,
          tone_of_session(state)};
}

term::Cell suspicion_cell(const json& record) {
  const json suspicion = member(record, "suspicion");
  return {suspicion.is_number() ? fmt::format("{:.1f}", suspicion.get<double>()) : "-"};
}

term::Cell message_cell(const json& record, base::WallTime now) {
  const json message = member(record, "last_message");
  return {job_text(record, now) + (message.is_object() ? shown_text(message, "text") : "")};
}

// "rack=7 site=attic"
std::string labels_text(const json& record) {
  std::string text;
  const json labels = member(record, "labels");
  if (!labels.is_object()) return text;
  for (const auto& [key, value] : labels.items()) {
    text += (text.empty() ? "" : " ") + base::UntrustedText(key).for_terminal() + '=' + shown_text(labels, key.c_str());
  }
  return text;
}

Cells session_cells(const json& record, base::WallTime now) {
  return {{shown_text(record, "name")},
          state_cell(record),
          {shown_moment(record, "since", now)},
          {shown_seconds(member(record, "interval_seconds"))},
          {shown_seconds(member(record, "silent_seconds"))},
          {shown_seconds(member(record, "detection_time_seconds"))},
          suspicion_cell(record),
          peer_cell(record),
          {labels_text(record)},
          message_cell(record, now)};
}

Cells watched_session_cells(const json& record, base::WallTime now) {
  return {{shown_text(record, "name")},
          state_cell(record),
          {shown_seconds(member(record, "interval_seconds"))},
          {shown_seconds(member(record, "silent_seconds"))},
          suspicion_cell(record),
          {shown_text(record, "way")},
          peer_cell(record),
          message_cell(record, now)};
}

Cells change_cells(const json& record, base::WallTime now) {
  const bool is_message = shown_text(record, "kind") == "message";
  const std::string to = shown_text(record, "to");
  return {{shown_moment(record, "at", now)},
          {shown_text(record, "session")},
          {is_message ? "message" : to, is_message ? Tone::plain : tone_of_session(to)},
          {is_message ? "" : shown_text(record, "from")},
          {is_message ? "-" : shown_seconds(member(record, "silent_seconds"))},
          peer_cell(record),
          {is_message ? shown_text(record, "text") : why_text(record)}};
}

Cells packet_cells(const json& record, base::WallTime now) {
  const std::string anomalies = joined(member(record, "anomalies"));
  const std::string flags = joined(member(record, "tcp_flags"));
  return {{shown_moment(record, "at", now)},
          {shown_text(record, "interface")},
          {shown_protocol(record)},
          {shown_endpoint(record, "source", "source_port")},
          {shown_endpoint(record, "destination", "destination_port")},
          {shown_count(member(record, "original_length"))},
          {flags + (flags.empty() || anomalies.empty() ? "" : " ") + anomalies,
           anomalies.empty() ? Tone::plain : Tone::warn}};
}

Cells conversation_cells(const json& record, base::WallTime now) {
  const std::string ended = shown_text(record, "ended");
  return {{shown_moment(record, "last", now)},
          {shown_text(record, "interface")},
          {shown_protocol(record)},
          {shown_endpoint(record, "initiator", "initiator_port")},
          {shown_endpoint(record, "responder", "responder_port")},
          {shown_size(of_two(record, "bytes", 0))},
          {shown_size(of_two(record, "bytes", 1))},
          {fmt::format("{}", count_of(of_two(record, "packets", 0)) + count_of(of_two(record, "packets", 1)))},
          {ended.empty() ? "goes on" : ended, ended.empty() ? Tone::good : Tone::plain}};
}

Cells network_cells(const json& record, base::WallTime now) {
  const std::string interface = shown_text(record, "interface");
  return {{shown_moment(record, "at", now)}, {interface.empty() ? "-" : interface}, {shown_text(record, "what")},
          {shown_text(record, "subject")},   {shown_text(record, "before")},        {shown_text(record, "after")}};
}

}  // namespace holter::app
