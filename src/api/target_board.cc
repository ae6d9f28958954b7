#include "api/target_board.h"

#include <algorithm>
#include <vector>

#include "base/url_user.h"

namespace holter::api {
namespace {

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

void write_plan(base::JsonWriter& json, const record::ProbePlan* plan) {
  json.member("interval_seconds", plan != nullptr ? std::optional(plan->interval.in_seconds()) : std::nullopt);
  json.key("labels").begin_object();
  if (plan != nullptr) {
    for (const auto& [key, value] : plan->labels) json.key(key).text(value);
  }
  json.end_object();
}

void write_nothing_yet(base::JsonWriter& json) {
  json.key("last").begin_object();
  for (const char* name : {"at", "outcome", "failed_in", "rtt_ms", "kernel_stamped", "detail"}) json.key(name).null();
  json.end_object();
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
  ++target.outcomes.at(static_cast<std::size_t>(result.outcome));
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

void TargetBoard::set_plan(record::Plan plan) {
  plan_.emplace();
  for (auto& probe : plan.probes) plan_->insert_or_assign(probe.name, probe);
  std::erase_if(targets_, [this](const auto& entry) { return !plan_->contains(entry.first.second); });
}

void TargetBoard::write_json(base::JsonWriter& json, base::WallTime now, const std::vector<base::AgentId>& planned,
                             const NameOf& name_of) const {
  json.begin_array();
  for (const auto& [key, target] : targets_) {
    const auto& last = target.last;
    const auto plan = plan_ ? plan_->find(key.second) : decltype(plan_->find(key.second))();
    json.begin_object().member("agent", to_string(key.first)).member("agent_name", name_of(key.first));
    json.member("probe", last.probe)
        .member("kind", to_string(last.kind))
        .member("target", last.target)
        .member("address", last.address);
    write_plan(json, plan_ && plan != plan_->end() ? &plan->second : nullptr);
    json.key("last").begin_object();
    write_outcome(json, last);
    json.end_object();
    write_window(json, window_of(target.history, now));
    write_history(json, target.history);
    json.end_object();
  }
  std::size_t room = kMaxTargets - std::min(kMaxTargets, targets_.size());
  for (const auto& agent : planned) write_planned(json, agent, name_of, room);
  json.end_array();
}

void TargetBoard::write_planned(base::JsonWriter& json, const base::AgentId& agent, const NameOf& name_of,
                                std::size_t& room) const {
  if (!plan_) return;
  for (const auto& [name, plan] : *plan_) {
    if (targets_.contains(Key(agent, name)) || room == 0) continue;
    --room;
    json.begin_object().member("agent", to_string(agent)).member("agent_name", name_of(agent));
    json.member("probe", plan.name).member("kind", to_string(plan.kind));
    json.member("target", base::masked_url(plan.target));
    json.key("address").null();
    write_plan(json, &plan);
    write_nothing_yet(json);
    write_window(json, {});
    write_history(json, {});
    json.end_object();
  }
}

}  // namespace holter::api
