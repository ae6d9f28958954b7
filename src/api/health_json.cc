// GET /api/v1/health: what this holter is, does, and cannot do.
#include "api/live_state.h"

namespace holter::api {
namespace {

void write_texts(base::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const auto& text : texts) json.text(text);
  json.end_array();
}

void write_store(base::JsonWriter& json, const About& about, const StoreFigures& figures) {
  json.key("store").begin_object().member("directory", about.data_directory).member("bytes", figures.bytes);
  json.member("budget_bytes", about.store_budget_bytes).member("oldest", figures.oldest).key("records").begin_object();
  for (const auto& [type, count] : figures.records) json.member(type, count);
  json.end_object().member("lost", figures.lost).end_object();
}

void write_notifiers(base::JsonWriter& json, const std::vector<NotifierStatus>& notifiers) {
  json.key("notifiers").begin_array();
  for (const auto& notifier : notifiers) {
    json.begin_object().member("name", notifier.name).member("waiting", notifier.waiting);
    json.member("delivered", notifier.delivered).member("refused", notifier.refused);
    json.member("given_up", notifier.given_up).member("left_out", notifier.left_out);
    json.member("failed_tries", notifier.failed_tries).member("trouble", notifier.trouble).end_object();
  }
  json.end_array();
}

void write_blind(base::JsonWriter& json, const std::vector<BlindTime>& blind) {
  json.key("blind").begin_array();
  for (const auto& time : blind) {
    json.begin_object().member("since", time.since).member("interface", time.interface).member("why", time.why);
    json.member("sessions", time.sessions).end_object();
  }
  json.end_array();
}

void write_network_changes(base::JsonWriter& json, const std::deque<record::NetworkChange>& changes) {
  json.key("network_changes").begin_array();
  for (const auto& change : changes) {
    json.begin_object().member("at", change.at).member("what", change.what).member("subject", change.subject);
    json.member("before", change.before).member("after", change.after).member("interface", change.interface);
    json.end_object();
  }
  json.end_array();
}

void write_gaps(base::JsonWriter& json, const std::deque<record::Gap>& gaps) {
  json.key("gaps").begin_array();
  for (const auto& gap : gaps) {
    json.begin_object().member("cause", to_string(gap.cause)).member("lane", to_string(gap.lane));
    json.member("count", gap.count).member("from", gap.from).member("to", gap.to).member("where", gap.where);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string LiveState::health_json(base::WallTime now) const {
  base::JsonWriter json;
  const bool fine = problems_.empty() && blind_.empty();
  json.begin_object().member("status", std::string_view(fine ? "ok" : "degraded")).member("api", 1);
  json.member("version", about_.version).member("role", about_.role).member("name", about_.name);
  json.member("agent", to_string(about_.agent)).member("now", now).member("started", about_.started);
  json.member("uptime_seconds", (now - about_.started).in_seconds());
  write_texts(json, "addresses", addresses_);
  json.member("page", about_.page);
  write_texts(json, "pulses", about_.pulse_endpoints);
  write_store(json, about_, store_);
  json.key("agents").begin_array();
  for (const auto& [id, agent] : agents_) {
    json.begin_object().member("agent", to_string(id)).member("name", agent.name).member("connected", agent.connected);
    json.member("last_seen", agent.last_seen).member("spooled", agent.spooled).end_object();
  }
  json.end_array().key("problems").begin_array();
  for (const auto& [name, text] : problems_) json.text(text);
  json.end_array();
  write_notifiers(json, notifiers_);
  write_blind(json, blind_);
  write_network_changes(json, network_changes_);
  write_gaps(json, gaps_);
  return json.end_object().take();
}

}  // namespace holter::api
