#include "app/status_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/record_cells.h"
#include "base/untrusted_text.h"
#include "term/table.h"

namespace holter::app {
namespace {

using nlohmann::json;
using term::Cell;
using term::Table;
using term::Tone;

constexpr std::size_t kShownConversations = 10;

json member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? json() : *found;
}

double number(const json& object, const char* key) {
  const json value = member(object, key);
  return value.is_number() ? value.get<double>() : 0;
}

std::string count(double value) { return fmt::format("{:.0f}", value); }

bool is_hub(const json& health) { return shown_text(health, "role") == "hub"; }

// On a hub, who saw it stands in front.
std::vector<Table::Column> columns(bool hub, std::vector<Table::Column> columns) {
  if (hub) columns.insert(columns.begin(), {"agent"});
  return columns;
}
void add(Table& table, bool hub, const json& object, std::vector<Cell> cells) {
  if (hub) cells.insert(cells.begin(), {shown_text(object, "agent_name")});
  table.add(std::move(cells));
}

// "blind since 2026-03-01T12:34:56.789Z: eth0 has no carrier; 50 sessions are not judged"
std::string blind(const json& health, const term::Screen& screen) {
  std::string out;
  for (const auto& time : health.value("blind", json::array())) {
    const double sessions = number(time, "sessions");
    const std::string words = fmt::format("blind since {}: {}; {:.0f} session{} not judged", shown_text(time, "since"),
                                          shown_text(time, "why"), sessions, sessions == 1 ? " is" : "s are");
    out += term::toned(screen, Tone::bad, words) + '\n';
  }
  return out;
}

std::string head(const json& health, const term::Screen& screen) {
  std::string out = term::toned(screen, Tone::strong, "holter") + ' ' + shown_text(health, "version") + " on " +
                    shown_text(health, "name") + ", up " + shown_seconds(member(health, "uptime_seconds")) + ", page " +
                    shown_text(health, "page") + '\n';
  const json store = health.value("store", json::object());
  out += "keeps " + shown_size(member(store, "bytes")) + " of " + shown_size(member(store, "budget_bytes")) + " in " +
         shown_text(store, "directory") + '\n';
  for (const auto& problem : health.value("problems", json::array())) {
    const auto words =
        problem.is_string() ? base::UntrustedText::from_json_text(problem.get<std::string>()) : base::UntrustedText();
    out += term::toned(screen, Tone::warn, "problem: " + words.for_terminal()) + '\n';
  }
  return out + blind(health, screen);
}

std::string notifiers(const json& health, const term::Screen& screen) {
  Table table({{"notifier"}, {"told", true}, {"waiting", true}, {"not told", true}, {"trouble"}});
  for (const auto& notifier : health.value("notifiers", json::array())) {
    const double lost = number(notifier, "refused") + number(notifier, "given_up") + number(notifier, "left_out");
    const std::string trouble = shown_text(notifier, "trouble");
    table.add({{shown_text(notifier, "name"), trouble.empty() ? Tone::good : Tone::bad},
               {count(number(notifier, "delivered"))},
               {count(number(notifier, "waiting"))},
               {count(lost), lost > 0 ? Tone::bad : Tone::plain},
               {trouble}});
  }
  return table.empty() ? "" : table.draw(screen) + '\n';
}

std::string agents(const json& health, const term::Screen& screen) {
  if (!is_hub(health)) return "";
  Table table({{"agent"}, {"state"}, {"last seen"}, {"id"}});
  for (const auto& agent : health.value("agents", json::array())) {
    const bool connected = member(agent, "connected") == true;
    table.add({{shown_text(agent, "name")},
               {connected ? "connected" : "away", connected ? Tone::good : Tone::bad},
               {shown_text(agent, "last_seen")},
               {shown_text(agent, "agent")}});
  }
  return table.empty() ? "no agent has ever connected\n\n" : table.draw(screen) + '\n';
}

std::string targets(const json& list, bool hub, const term::Screen& screen) {
  Table table(columns(
      hub, {{"target"}, {"kind"}, {"rtt", true}, {"median", true}, {"max", true}, {"loss", true}, {"address"}}));
  for (const auto& target : list) {
    const json last = target.value("last", json::object());
    const json window = target.value("window", json::object());
    const std::string outcome = shown_text(last, "outcome");
    const bool ok = outcome == "ok";
    const Tone tone = ok ? Tone::good : outcome.empty() ? Tone::faint : Tone::bad;
    const json loss = member(window, "loss_ratio");
    const bool lossy = loss.is_number() && loss.get<double>() > 0;
    const std::string address = shown_text(target, "address");
    add(table, hub, target,
        {{shown_text(target, "probe"), tone},
         {shown_text(target, "kind")},
         {ok                ? shown_milliseconds(member(last, "rtt_ms"))
          : outcome.empty() ? "not yet"
                            : outcome,
          ok ? Tone::plain : tone},
         {shown_milliseconds(member(window, "rtt_median_ms"))},
         {shown_milliseconds(member(window, "rtt_max_ms"))},
         {loss.is_number() ? fmt::format("{:.3g} %", loss.get<double>() * 100) : "-", lossy ? Tone::bad : Tone::plain},
         {address.empty() ? shown_text(target, "target") : address}});
  }
  return table.empty() ? "no probe has answered yet\n" : table.draw(screen);
}

std::string sessions(const json& list, bool hub, const term::Screen& screen) {
  Table table(columns(hub, {{"session"}, {"state"}, {"silent", true}, {"from"}, {"last message"}}));
  for (const auto& session : list) {
    const std::string state = shown_text(session, "state");
    const bool asking = state == "pulsing" && number(session, "asks") > 0;
    const std::string words =
        asking ? fmt::format("pulsing {:.0f} of {:.0f}", number(session, "asked"), number(session, "asks")) : state;
    const json message = member(session, "last_message");
    add(table, hub, session,
        {{shown_text(session, "name")},
         {words, tone_of_session(state)},
         {shown_seconds(member(session, "silent_seconds"))},
         {shown_text(session, "peer")},
         {message.is_object() ? shown_text(message, "text") : ""}});
  }
  return table.empty() ? "nobody has sent a pulse\n" : table.draw(screen);
}

std::string capture(const json& list, bool hub, const term::Screen& screen) {
  Table table(columns(hub, {{"interface"},
                            {"state"},
                            {"packets", true},
                            {"packets/s", true},
                            {"bytes", true},
                            {"dropped", true},
                            {"own", true},
                            {"why"}}));
  for (const auto& interface : list) {
    const bool capturing = shown_text(interface, "state") == "capturing";
    const double drops = number(interface, "kernel_drops");
    add(table, hub, interface,
        {{shown_text(interface, "interface")},
         {shown_text(interface, "state"), capturing ? Tone::good : Tone::warn},
         {count(number(interface, "packets"))},
         {count(number(interface, "packets_per_second"))},
         {shown_size(member(interface, "bytes"))},
         {count(drops), drops > 0 ? Tone::bad : Tone::plain},
         {count(number(interface, "own"))},
         {shown_text(interface, "why")}});
  }
  return table.empty() ? "nothing is captured\n" : table.draw(screen);
}

std::string conversations(const json& list, bool hub, const term::Screen& screen) {
  Table table(columns(hub, {{"conversation"}, {"initiator"}, {"responder"}, {"sent", true}, {"received", true}}));
  std::size_t shown = 0;
  for (const auto& flow : list) {
    if (shown++ == kShownConversations) break;
    const json both = flow.value("bytes", json::array());
    const auto size = [&both](std::size_t i) {
      return shown_size(both.is_array() && i < both.size() ? both[i] : json());
    };
    add(table, hub, flow,
        {{shown_text(flow, "protocol")},
         {shown_endpoint(flow, "initiator", "initiator_port")},
         {shown_endpoint(flow, "responder", "responder_port")},
         {size(0)},
         {size(1)}});
  }
  return table.empty() ? "" : '\n' + table.draw(screen);
}

}  // namespace

std::string status_text(const json& status, const term::Screen& screen) {
  const json none = json::array();
  const json health = status.value("health", json::object());
  const bool hub = is_hub(health);
  return head(health, screen) + '\n' + agents(health, screen) + targets(status.value("targets", none), hub, screen) +
         '\n' + sessions(status.value("sessions", none), hub, screen) + '\n' + notifiers(health, screen) +
         capture(status.value("capture", none), hub, screen) +
         conversations(status.value("conversations", none), hub, screen);
}

}  // namespace holter::app
