// GET /metrics: OpenMetrics 1.0 text. Label values come from outside, so they go through the log encoder's escapes.
#include <fmt/format.h>

#include "api/live_state.h"

namespace holter::api {
namespace {

// A label value: control characters escaped as in the terminal, then OpenMetrics' own three escapes.
std::string label(const base::UntrustedText& text) {
  std::string out;
  for (const char c : text.for_terminal()) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return '"' + out + '"';
}
std::string label(std::string_view text) { return label(base::UntrustedText(text)); }

class Family {
 public:
  Family(std::string& out, std::string_view name, std::string_view type, std::string_view help) : out_(out) {
    out += fmt::format("# TYPE {} {}\n# HELP {} {}\n", name, type, name, help);
  }
  template <class Value>
  void sample(std::string_view name, const std::string& labels, Value value) {
    out_ += fmt::format("{}{{{}}} {}\n", name, labels, value);
  }

 private:
  std::string& out_;
};

std::string probe_labels(const TargetBoard::Key& key, const record::ProbeResult& last) {
  return fmt::format("agent={},probe={},kind={}", label(to_string(key.first)), label(key.second),
                     label(to_string(last.kind)));
}

void write_sessions(std::string& out, const SessionBoard& sessions) {
  Family family(out, "holter_session_state", "gauge", "1 for the state that a heartbeat session is in.");
  for (const auto& [key, session] : sessions.sessions()) {
    for (std::uint8_t i = 0; i < 6; ++i) {
      const auto state = static_cast<record::SessionState>(i);
      family.sample("holter_session_state",
                    fmt::format("agent={},session={},authentication={},state={}", label(to_string(std::get<0>(key))),
                                label(session.status.name), label(to_string(session.status.authentication)),
                                label(to_string(state))),
                    session.status.state == state ? 1 : 0);
    }
  }
}

void write_capture(std::string& out, const CaptureBoard& captures) {
  const auto labels = [](const CaptureBoard::Key& key) {
    return fmt::format("agent={},interface={}", label(to_string(key.first)), label(key.second));
  };
  Family packets(out, "holter_capture_packets", "counter", "Frames taken from the capture ring.");
  for (const auto& [key, interface] : captures.interfaces()) {
    packets.sample("holter_capture_packets_total", labels(key), interface.total.received);
  }
  Family drops(out, "holter_capture_drops", "counter", "Frames the kernel dropped because the ring was full.");
  for (const auto& [key, interface] : captures.interfaces()) {
    drops.sample("holter_capture_drops_total", labels(key), interface.total.kernel_drops);
  }
  Family filtered(out, "holter_capture_filtered", "counter", "Frames taken from the ring that the filter refused.");
  for (const auto& [key, interface] : captures.interfaces()) {
    filtered.sample("holter_capture_filtered_total", labels(key), interface.total.filtered);
  }
  Family own(out, "holter_capture_own", "counter", "Frames taken from the ring that are of holter's own connections.");
  for (const auto& [key, interface] : captures.interfaces()) {
    own.sample("holter_capture_own_total", labels(key), interface.total.own);
  }
  // Where nobody could count them there is no figure.
  Family refused(out, "holter_capture_refused", "counter", "Frames that the kernel's part of the filter refused.");
  for (const auto& [key, interface] : captures.interfaces()) {
    if (interface.total.refused_uncounted) continue;
    refused.sample("holter_capture_refused_total", labels(key), interface.total.kernel_refused);
  }
}

void write_notifiers(std::string& out, const std::vector<NotifierStatus>& notifiers) {
  Family told(out, "holter_notifications", "counter",
              "Changes of sessions that somebody was to be told of, by notifier.");
  for (const auto& notifier : notifiers) {
    const auto sample = [&](std::string_view outcome, std::uint64_t count) {
      told.sample("holter_notifications_total",
                  fmt::format("notifier={},outcome={}", label(notifier.name), label(outcome)), count);
    };
    sample("delivered", notifier.delivered);
    sample("refused", notifier.refused);
    sample("given_up", notifier.given_up);
    sample("left_out", notifier.left_out);
  }
  Family tries(out, "holter_notification_failed_tries", "counter", "Tries to tell that failed and are made again.");
  for (const auto& notifier : notifiers) {
    tries.sample("holter_notification_failed_tries_total", "notifier=" + label(notifier.name), notifier.failed_tries);
  }
  Family waiting(out, "holter_notifications_waiting", "gauge", "Changes of sessions that wait to be told.");
  for (const auto& notifier : notifiers) {
    waiting.sample("holter_notifications_waiting", "notifier=" + label(notifier.name), notifier.waiting);
  }
}

void write_figures(std::string& out, const FigureFamily& figures) {
  Family family(out, figures.name, figures.goes_up_only ? "counter" : "gauge", figures.help);
  const std::string name = std::string(figures.name) + (figures.goes_up_only ? "_total" : "");
  for (const auto& sample : figures.samples) {
    family.sample(name, sample.word.empty() ? "" : fmt::format("{}={}", figures.label, label(sample.word)),
                  sample.value);
  }
}

// Of the outcomes that there were.
void write_outcomes(Family& family, const TargetBoard::Key& key, const TargetBoard::Target& target) {
  for (std::size_t i = 0; i < target.outcomes.size(); ++i) {
    if (target.outcomes[i] == 0) continue;
    const auto outcome = label(to_string(static_cast<record::Outcome>(i)));
    family.sample("holter_probe_results_total", probe_labels(key, target.last) + ",outcome=" + outcome,
                  target.outcomes[i]);
  }
}

}  // namespace

std::string LiveState::metrics_text() const {
  std::string out;
  Family build(out, "holter_build", "info", "The holter that answers.");
  build.sample("holter_build_info", fmt::format("version={}", label(about_.version)), 1);
  Family results(out, "holter_probe_results", "counter", "Probe results since start, by outcome.");
  for (const auto& [key, target] : targets_.targets()) write_outcomes(results, key, target);
  Family rtt(out, "holter_probe_rtt_seconds", "gauge", "Round-trip time of the newest result, if it was ok.");
  for (const auto& [key, target] : targets_.targets()) {
    if (target.last.rtt) {
      rtt.sample("holter_probe_rtt_seconds", probe_labels(key, target.last), target.last.rtt->in_seconds());
    }
  }
  write_sessions(out, sessions_);
  write_capture(out, captures_);
  Family bytes(out, "holter_store_bytes", "gauge", "Size of the store on disk.");
  bytes.sample("holter_store_bytes", "", store_.bytes);
  Family records(out, "holter_store_records", "counter", "Records in the store, by type.");
  for (const auto& [type, count] : store_.records) {
    records.sample("holter_store_records_total", "type=" + label(type), count);
  }
  Family lost(out, "holter_records_lost", "counter", "Records that found a queue full; each loss is a gap record.");
  lost.sample("holter_records_lost_total", "", store_.lost);
  if (!notifiers_.empty()) write_notifiers(out, notifiers_);
  for (const auto& [part, families] : figures_) {
    for (const auto& figures : families) write_figures(out, figures);
  }
  return out + "# EOF\n";
}

}  // namespace holter::api
