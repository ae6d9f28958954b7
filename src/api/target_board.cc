#include "api/target_board.h"

#include <algorithm>
#include <vector>

namespace holter::api {
namespace {

std::optional<std::string_view> failed_phase(const record::ProbeResult& result) {
  if (result.outcome == record::Outcome::ok) return std::nullopt;
  return to_string(result.failed_in);
}

void write_outcome(base::JsonWriter& json, const record::ProbeResult& result) {
  json.member("at", result.started).member("outcome", to_string(result.outcome));
  json.member("failed_in", failed_phase(result)).member("rtt_ms", base::milliseconds(result.rtt));
  json.member("kernel_stamped", result.kernel_stamped).member("detail", result.detail);
}

void write_window(base::JsonWriter& json, const TargetWindow& window) {
  json.key("window").begin_object().member("seconds", kTargetWindow.in_milliseconds() / 1'000);
  json.member("sent", window.sent).member("ok", window.ok).member("loss_ratio", window.loss_ratio);
  json.member("rtt_min_ms", base::milliseconds(window.rtt_min));
  json.member("rtt_median_ms", base::milliseconds(window.rtt_median));
  json.member("rtt_max_ms", base::milliseconds(window.rtt_max)).end_object();
}

void write_history(base::JsonWriter& json, const std::deque<TargetBoard::Point>& history) {
  json.key("history").begin_array();
  for (const auto& point : history) {
    json.begin_object().member("at", point.started).member("rtt_ms", base::milliseconds(point.rtt)).end_object();
  }
  json.end_array();
}

}  // namespace

bool TargetBoard::apply(const base::AgentId& agent, const record::ProbeResult& result) {
  const Key key(agent, result.probe);
  auto found = targets_.find(key);
  if (found == targets_.end()) {
    if (targets_.size() >= kMaxTargets) return false;
    found = targets_.emplace(key, Target()).first;
  }
  Target& target = found->second;
  // Results of a drained spool may come late: keep the history in order of time.
  const auto place = std::ranges::upper_bound(target.history, result.started, {}, &Point::started);
  if (place == target.history.end()) target.last = result;
  target.history.insert(place, {result.started, result.outcome, result.rtt});
  if (target.history.size() > kHistoryLength) target.history.pop_front();
  return true;
}

TargetWindow window_of(const std::deque<TargetBoard::Point>& history, base::WallTime now) {
  TargetWindow window;
  std::vector<base::Duration> rtts;
  for (const auto& point : history) {
    if (point.started <= now - kTargetWindow || point.outcome == record::Outcome::skipped) continue;
    ++window.sent;
    if (point.outcome == record::Outcome::ok) ++window.ok;
    if (point.rtt) rtts.push_back(*point.rtt);
  }
  if (window.sent > 0) window.loss_ratio = 1.0 - static_cast<double>(window.ok) / static_cast<double>(window.sent);
  if (!rtts.empty()) {
    std::ranges::sort(rtts);
    window.rtt_min = rtts.front();
    window.rtt_median = rtts[rtts.size() / 2];
    window.rtt_max = rtts.back();
  }
  return window;
}

void TargetBoard::write_json(base::JsonWriter& json, base::WallTime now, const NameOf& name_of) const {
  json.begin_array();
  for (const auto& [key, target] : targets_) {
    const auto& last = target.last;
    json.begin_object().member("agent", to_string(key.first)).member("agent_name", name_of(key.first));
    json.member("probe", last.probe)
        .member("kind", to_string(last.kind))
        .member("target", last.target)
        .member("address", last.address);
    json.key("last").begin_object();
    write_outcome(json, last);
    json.end_object();
    write_window(json, window_of(target.history, now));
    write_history(json, target.history);
    json.end_object();
  }
  json.end_array();
}

void write_result(base::JsonWriter& json, const base::AgentId& agent, const record::ProbeResult& result) {
  json.begin_object().member("agent", to_string(agent)).member("probe", result.probe);
  json.member("kind", to_string(result.kind)).member("target", result.target).member("address", result.address);
  write_outcome(json, result);
  json.key("phases_ms").begin_object();
  for (std::size_t i = 0; i < record::kPhaseCount; ++i) {
    json.member(to_string(static_cast<record::Phase>(i)), base::milliseconds(result.phases[i]));
  }
  json.end_object().end_object();
}

}  // namespace holter::api
