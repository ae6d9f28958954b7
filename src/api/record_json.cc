#include "api/record_json.h"

#include <fmt/format.h>

#include <array>

#include "api/conversation_json.h"
#include "api/findings_json.h"
#include "describe/packet_json.h"
#include "filter/stored_packet.h"

namespace holter::api {
namespace {

template <class Value>
std::optional<Value> unless_zero(Value value) {
  return value == Value() ? std::nullopt : std::optional(value);
}

void write_head(base::JsonWriter& json, const record::RecordId& id, const NameOf& name_of) {
  json.member("id", id_text(id)).member("agent", to_string(id.agent)).member("agent_name", name_of(id.agent));
}

// Packets are nearer to each other than a millisecond.
std::string exact(base::WallTime at) {
  std::string text = to_string(at);
  text.pop_back();
  return text + fmt::format("{:06}Z", ((at.in_nanoseconds() % 1'000'000) + 1'000'000) % 1'000'000);
}

void write_anomalies(base::JsonWriter& json, std::uint16_t anomalies) {
  constexpr unsigned kLast = wire::kAnomalyCount - 1;
  json.begin_array();
  for (unsigned bit = 0; bit <= kLast; ++bit) {
    if ((anomalies >> bit & 1) != 0) json.text(to_string(static_cast<wire::Anomaly>(bit)));
  }
  json.end_array();
}

// As `holter read --json` has them; null of a record that an older holter made.
void write_layers(base::JsonWriter& json, const record::PacketRecord& record) {
  if (record.head.empty()) {
    json.null();
    return;
  }
  wire::FieldList fields;
  const wire::Packet packet = filter::decode_stored(record, &fields);
  const describe::FrameFacts facts{0, record.captured_at, base::UntrustedText(record.interface), record.linktype};
  const base::Bytes head(reinterpret_cast<const std::uint8_t*>(record.head.data()), record.head.size());
  describe::TextBuffer text;
  describe::PacketJson().append(text, {head, packet, fields, facts});
  json.made(text.text());
}

struct Members {
  base::JsonWriter& json;

  void operator()(const record::ProbeResult& result) const {
    json.member("probe", result.probe).member("kind", to_string(result.kind)).member("target", result.target);
    json.member("address", result.address);
    write_outcome(json, result);
    json.key("phases_ms").begin_object();
    for (std::size_t i = 0; i < record::kPhaseCount; ++i) {
      json.member(to_string(static_cast<record::Phase>(i)), base::milliseconds(result.phases[i]));
    }
    json.end_object();
    write_findings(json, result);
  }
  void operator()(const record::PulseChange& change) const {
    const auto interval = unless_zero(change.interval);
    json.member("kind", std::string_view("change")).member("session", change.session).member("peer", change.peer);
    json.member("at", change.at).member("from", to_string(change.from)).member("to", to_string(change.to));
    json.member("diagnostic", to_string(change.diagnostic)).member("asked", change.asked);
    json.member("interval_seconds", interval ? std::optional(interval->in_seconds()) : std::nullopt);
    json.member("silent_seconds", change.silent_for.in_seconds()).key("text").null();
    json.member("way", to_string(change.way)).member("authentication", to_string(change.authentication));
    json.member("detect_multiplier", unless_zero(change.detect_multiplier)).member("asks", change.asks);
    json.member("reason", change.reason);
  }
  void operator()(const record::PulseMessage& message) const {
    json.member("kind", std::string_view("message")).member("session", message.session).member("peer", message.peer);
    json.member("at", message.at);
    for (const char* name : {"from", "to", "diagnostic", "asked", "interval_seconds", "silent_seconds"}) {
      json.key(name).null();
    }
    json.member("text", message.text);
    json.member("way", to_string(message.way)).member("authentication", to_string(message.authentication));
    for (const char* name : {"detect_multiplier", "asks", "reason"}) json.key(name).null();
  }
  void operator()(const record::PacketRecord& packet) const {
    json.member("interface", packet.interface).member("at", exact(base::as_wall_time(packet.captured_at)));
    json.member("protocol", protocol_name(packet.ip_protocol)).member("ip_protocol", packet.ip_protocol);
    json.member("ether_type", packet.ether_type).member("vlan", unless_zero(packet.vlan));
    json.member("source", packet.source).member("source_port", packet.source_port);
    json.member("destination", packet.destination).member("destination_port", packet.destination_port);
    json.member("captured_length", packet.captured_length).member("original_length", packet.original_length);
    json.key("tcp_flags");
    write_tcp_flags(json, packet.tcp_flags);
    json.key("anomalies");
    write_anomalies(json, packet.anomalies);
    json.key("layers");
    write_layers(json, packet);
  }
  void operator()(const record::FlowRecord& flow) const {
    constexpr unsigned kMillisecondDigits = 3;
    write_conversation_members(json, flow, kMillisecondDigits);
  }
  void operator()(const record::NetworkChange& change) const {
    json.member("at", change.at).member("what", change.what).member("subject", change.subject);
    json.member("before", change.before).member("after", change.after);
    json.member("interface", unless_zero(change.interface));
  }
  template <class Other>
  void operator()(const Other&) const {}
};

struct EventName {
  std::string_view operator()(const record::ProbeResult&) const { return "result"; }
  std::string_view operator()(const record::PulseChange&) const { return "change"; }
  std::string_view operator()(const record::PulseMessage&) const { return "message"; }
  std::string_view operator()(const record::PacketRecord&) const { return "packet"; }
  std::string_view operator()(const record::FlowRecord&) const { return "conversation"; }
  std::string_view operator()(const record::NetworkChange&) const { return "network_change"; }
  template <class Other>
  std::string_view operator()(const Other&) const {
    return "other";
  }
};

std::optional<std::string_view> failed_phase(const record::ProbeResult& result) {
  if (result.outcome == record::Outcome::ok) return std::nullopt;
  return to_string(result.failed_in);
}

}  // namespace

void write_record(base::JsonWriter& json, const record::NamedRecord& named, const NameOf& name_of) {
  json.begin_object();
  write_head(json, named.id, name_of);
  std::visit(Members{json}, named.body);
  json.end_object();
}

std::string record_json(const record::NamedRecord& named, const NameOf& name_of) {
  base::JsonWriter json;
  write_record(json, named, name_of);
  return json.take();
}

std::string_view event_name(const record::Record& record) { return std::visit(EventName(), record); }

void write_outcome(base::JsonWriter& json, const record::ProbeResult& result) {
  json.member("at", result.started).member("outcome", to_string(result.outcome));
  json.member("failed_in", failed_phase(result)).member("rtt_ms", base::milliseconds(result.rtt));
  json.member("kernel_stamped", result.kernel_stamped).member("detail", result.detail);
}

std::optional<std::string> id_text(const record::RecordId& id) {
  if (id.sequence == 0) return std::nullopt;
  return fmt::format("{}/{}/{}/{}", to_string(id.agent), id.epoch, to_string(id.lane), id.sequence);
}

}  // namespace holter::api
