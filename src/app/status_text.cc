#include "app/status_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "base/untrusted_text.h"
#include "term/table.h"

namespace holter::app {
namespace {

using nlohmann::json;
using term::Cell;
using term::Table;
using term::Tone;

constexpr std::size_t kShownConversations = 10;

std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return "";
  return base::UntrustedText::from_json_text(found->get_ref<const std::string&>()).for_terminal();
}

double number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string seconds(const json& value) {
  if (!value.is_number()) return "-";
  return to_string(base::Duration::nanoseconds(static_cast<std::int64_t>(value.get<double>() * 1e9)));
}

std::string milliseconds(const json& value) {
  if (!value.is_number()) return "-";
  return to_string(base::Duration::nanoseconds(static_cast<std::int64_t>(value.get<double>() * 1e6)));
}

std::string count(double value) { return fmt::format("{:.0f}", value); }

std::string bytes(double value) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (value >= 1'000 && unit < 4) {
    value /= 1'000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit == 0 || value >= 100 ? 0 : 1, units[unit]);
}

std::string head(const json& health, const term::Screen& screen) {
  std::string out = term::toned(screen, Tone::strong, "holter") + ' ' + text(health, "version") + " on " +
                    text(health, "name") + ", up " + seconds(health.value("uptime_seconds", json())) + ", page " +
                    text(health, "page") + '\n';
  const json store = health.value("store", json::object());
  out += "keeps " + bytes(number(store, "bytes")) + " of " + bytes(number(store, "budget_bytes")) + " in " +
         text(store, "directory") + '\n';
  for (const auto& problem : health.value("problems", json::array())) {
    const auto words =
        problem.is_string() ? base::UntrustedText::from_json_text(problem.get<std::string>()) : base::UntrustedText();
    out += term::toned(screen, Tone::warn, "problem: " + words.for_terminal()) + '\n';
  }
  return out;
}

std::string targets(const json& list, const term::Screen& screen) {
  Table table({{"target"}, {"kind"}, {"rtt", true}, {"median", true}, {"max", true}, {"loss", true}, {"address"}});
  for (const auto& target : list) {
    const json last = target.value("last", json::object());
    const json window = target.value("window", json::object());
    const bool ok = text(last, "outcome") == "ok";
    const json loss = window.value("loss_ratio", json());
    const bool lossy = loss.is_number() && loss.get<double>() > 0;
    table.add({{text(target, "probe"), ok ? Tone::good : Tone::bad},
               {text(target, "kind")},
               {ok ? milliseconds(last.value("rtt_ms", json())) : text(last, "outcome"), ok ? Tone::plain : Tone::bad},
               {milliseconds(window.value("rtt_median_ms", json()))},
               {milliseconds(window.value("rtt_max_ms", json()))},
               {loss.is_number() ? fmt::format("{:.3g} %", loss.get<double>() * 100) : "-",
                lossy ? Tone::bad : Tone::plain},
               {text(target, "address")}});
  }
  return table.empty() ? "no probe has answered yet\n" : table.draw(screen);
}

Tone tone_of(const std::string& state) {
  if (state == "up") return Tone::good;
  if (state == "down") return Tone::bad;
  return state == "pulsing" || state == "blind" ? Tone::warn : Tone::plain;
}

std::string sessions(const json& list, const term::Screen& screen) {
  Table table({{"session"}, {"state"}, {"silent", true}, {"from"}, {"last message"}});
  for (const auto& session : list) {
    const std::string state = text(session, "state");
    const bool asking = state == "pulsing" && number(session, "asks") > 0;
    const std::string words =
        asking ? fmt::format("pulsing {:.0f} of {:.0f}", number(session, "asked"), number(session, "asks")) : state;
    const json message = session.value("last_message", json());
    table.add({{text(session, "name")},
               {words, tone_of(state)},
               {seconds(session.value("silent_seconds", json()))},
               {text(session, "peer")},
               {message.is_object() ? text(message, "text") : ""}});
  }
  return table.empty() ? "nobody has sent a pulse\n" : table.draw(screen);
}

std::string capture(const json& list, const term::Screen& screen) {
  Table table({{"interface"}, {"state"}, {"packets", true}, {"packets/s", true}, {"bytes", true}, {"dropped", true},
               {"own", true}, {"why"}});
  for (const auto& interface : list) {
    const bool capturing = text(interface, "state") == "capturing";
    const double drops = number(interface, "kernel_drops");
    table.add({{text(interface, "interface")},
               {text(interface, "state"), capturing ? Tone::good : Tone::warn},
               {count(number(interface, "packets"))},
               {count(number(interface, "packets_per_second"))},
               {bytes(number(interface, "bytes"))},
               {count(drops), drops > 0 ? Tone::bad : Tone::plain},
               {count(number(interface, "own"))},
               {text(interface, "why")}});
  }
  return table.empty() ? "nothing is captured\n" : table.draw(screen);
}

std::string endpoint(const json& flow, const char* address, const char* port) {
  const std::string protocol = text(flow, "protocol");
  const std::string host = text(flow, address);
  if (protocol != "tcp" && protocol != "udp") return host;
  return (host.find(':') == host.npos ? host : '[' + host + ']') + ':' + count(number(flow, port));
}

std::string conversations(const json& list, const term::Screen& screen) {
  Table table({{"conversation"}, {"initiator"}, {"responder"}, {"sent", true}, {"received", true}});
  std::size_t shown = 0;
  for (const auto& flow : list) {
    if (shown++ == kShownConversations) break;
    const json both = flow.value("bytes", json::array({0, 0}));
    table.add({{text(flow, "protocol")},
               {endpoint(flow, "initiator", "initiator_port")},
               {endpoint(flow, "responder", "responder_port")},
               {bytes(both.at(0).get<double>())},
               {bytes(both.at(1).get<double>())}});
  }
  return table.empty() ? "" : '\n' + table.draw(screen);
}

}  // namespace

std::string status_text(const json& status, const term::Screen& screen) {
  const json none = json::array();
  return head(status.value("health", json::object()), screen) + '\n' + targets(status.value("targets", none), screen) +
         '\n' + sessions(status.value("sessions", none), screen) + '\n' +
         capture(status.value("capture", none), screen) + conversations(status.value("conversations", none), screen);
}

}  // namespace holter::app
