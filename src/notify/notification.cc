#include "notify/notification.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace holter::notify {
namespace {

using record::Diagnostic;

std::string silence(base::Duration span) {
  constexpr base::Duration kMinute = base::Duration::minutes(1);
  return span < kMinute ? fmt::format("{:.1f} s", span.in_seconds())
                        : to_string(base::Duration::seconds(span.in_milliseconds() / 1'000));
}

std::string gave_up(const record::PulseChange& change) {
  const std::string silent = "has been silent for " + silence(change.silent_for);
  if (change.asked == 0) return silent;
  return silent + fmt::format(" and did not answer {} ask{}", change.asked, change.asked == 1 ? "" : "s");
}

std::string what_happened(const record::PulseChange& change) {
  switch (change.diagnostic) {
    case Diagnostic::none: break;
    case Diagnostic::first_message: return "is heard";
    case Diagnostic::detection_time_expired: return "has been silent for " + silence(change.silent_for);
    case Diagnostic::gave_up: return gave_up(change);
    case Diagnostic::answered: return "is heard again after " + silence(change.silent_for) + " of silence";
    case Diagnostic::terminated: return "closed its session";
    case Diagnostic::reopened: return "is back";
    case Diagnostic::restored: return "is waited for since holter was started again";
    case Diagnostic::observer_blind: return "cannot be judged, since holter itself was suspended, lagging or cut off";
    case Diagnostic::failed: return "says that it failed";
    case Diagnostic::late: return "missed its schedule";
    case Diagnostic::moved: return "has another address";
    case Diagnostic::gave_way: return "is forgotten, since there is no room for more without a key";
  }
  return "changed";
}

void write_change(base::JsonWriter& json, const record::PulseChange& change) {
  json.member("at", change.at).member("session", change.session);
  json.member("from", to_string(change.from)).member("to", to_string(change.to));
  json.member("diagnostic", to_string(change.diagnostic));
  json.member("silent_for_ms", change.silent_for.in_milliseconds()).member("asked", change.asked);
  json.member("asks", change.asks).member("peer", base::UntrustedText(change.peer)).key("interval_ms");
  if (change.interval > base::Duration::zero()) {
    json.integer(change.interval.in_milliseconds());
  } else {
    json.null();
  }
  json.member("detect_multiplier", change.detect_multiplier).member("way", to_string(change.way));
  json.member("authentication", to_string(change.authentication)).member("reason", change.reason);
}

void write_context(base::JsonWriter& json, const Context& context) {
  json.member("host", context.host).member("agent", context.agent).member("notifier", context.notifier);
}

}  // namespace

std::string text_of(const record::PulseChange& change) {
  std::string text = change.session.for_terminal();
  if (change.authentication == record::Authentication::none) text += " (unauthenticated)";
  text += ' ' + what_happened(change);
  if (!change.reason.empty()) text += " (" + change.reason.for_terminal() + ')';
  return text + ": " + std::string(to_string(change.to));
}

std::string to_json(const Delivery& delivery, const Context& context) {
  const record::PulseChange& change = delivery.change.body;
  base::JsonWriter json;
  json.begin_object().member("version", kVersion).member("id", id_text(delivery.change.id)).member("test", false);
  json.member("text", text_of(change));
  write_change(json, change);
  json.key("labels").begin_object();
  for (const auto& [label, value] : context.labels) json.member(label, value);
  json.end_object();
  write_context(json, context);
  json.member("attempt", delivery.attempt).member("left_out", delivery.left_out);
  return json.end_object().take();
}

std::string test_text(const Context& context) {
  return "this is a test of the notifier " + base::UntrustedText(context.notifier).for_terminal() + " of holter on " +
         base::UntrustedText(context.host).for_terminal();
}

std::string test_json(const std::string& id, base::WallTime now, const Context& context) {
  base::JsonWriter json;
  json.begin_object().member("version", kVersion).member("id", id).member("test", true);
  json.member("text", test_text(context));
  record::PulseChange change;
  change.session = base::UntrustedText("test");
  change.at = now;
  change.from = record::SessionState::up;
  change.to = record::SessionState::down;
  write_change(json, change);
  json.key("labels").begin_object().end_object();
  write_context(json, context);
  json.member("attempt", 1).member("left_out", 0);
  return json.end_object().take();
}

}  // namespace holter::notify
