#include "api/capture_board.h"

#include <algorithm>
#include <numeric>

namespace holter::api {
namespace {

double per_second(std::uint64_t count, const record::CaptureStats& interval) {
  const double seconds = (interval.to - interval.from).in_seconds();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

void write_totals(base::JsonWriter& json, const record::CaptureStats& total) {
  json.member("packets", total.received).member("bytes", total.received_bytes);
  json.member("kernel_drops", total.kernel_drops).member("filtered", total.filtered).member("own", total.own);
  json.member("kernel_refused", total.refused_uncounted ? std::nullopt : std::optional(total.kernel_refused));
  json.member("undecoded", total.undecoded).member("truncated", total.truncated);
  json.member("flows", total.flows).member("flows_evicted", total.flows_evicted);
}

void write_history(base::JsonWriter& json, const std::deque<record::CaptureStats>& history) {
  json.key("history").begin_array();
  for (const auto& reading : history) {
    json.begin_object().member("at", reading.to);
    json.member("packets_per_second", per_second(reading.received, reading));
    json.member("drops", reading.kernel_drops).end_object();
  }
  json.end_array();
}

// The workers' intervals of about the same second are one; a worker that is in it already begins the next.
void join(CaptureBoard::Interface& interface, const record::CaptureStats& stats, std::size_t worker) {
  auto& history = interface.history;
  if (history.empty() || interface.in_newest.test(worker)) {
    history.push_back(stats);
    interface.in_newest.reset();
    if (history.size() > kCaptureHistory) history.pop_front();
  } else {
    history.back().add_counts(stats);
    history.back().to = std::max(history.back().to, stats.to);
  }
  interface.in_newest.set(worker);
}

}  // namespace

const record::CaptureStats* CaptureBoard::Interface::newest_whole() const {
  if (history.empty()) return nullptr;
  const bool whole = in_newest == workers || history.size() == 1;
  return whole ? &history.back() : &history[history.size() - 2];
}

CaptureBoard::Interface* CaptureBoard::find_or_make(const base::AgentId& agent, const std::string& interface) {
  const Key key(agent, interface);
  const auto found = interfaces_.find(key);
  if (found != interfaces_.end()) return &found->second;
  if (interfaces_.size() >= kMaxInterfaces) return nullptr;
  return &interfaces_[key];
}

void CaptureBoard::apply(const base::AgentId& agent, const record::CaptureStats& stats) {
  Interface* interface = find_or_make(agent, stats.interface);
  if (interface == nullptr) return;
  auto& total = interface->total;
  if (interface->history.empty()) total.from = stats.from;
  total.to = std::max(total.to, stats.to);
  total.add_counts(stats);
  const std::size_t worker = std::min<std::size_t>(stats.worker, kMaxWorkers - 1);
  interface->flows[worker] = stats.flows;
  total.flows = std::accumulate(interface->flows.begin(), interface->flows.end(), std::uint64_t{0});
  interface->workers.set(worker);
  join(*interface, stats, worker);
}

void CaptureBoard::set_state(const base::AgentId& agent, const std::string& name, std::string_view state,
                             base::UntrustedText why) {
  Interface* interface = find_or_make(agent, name);
  if (interface == nullptr) return;
  interface->state = state;
  interface->why = std::move(why);
}

void CaptureBoard::write_json(base::JsonWriter& json, bool with_history, const NameOf& name_of) const {
  json.begin_array();
  for (const auto& [key, interface] : interfaces_) {
    json.begin_object().member("agent", to_string(key.first)).member("agent_name", name_of(key.first));
    json.member("interface", key.second);
    json.member("state", interface.state).member("why", interface.why);
    const record::CaptureStats* const known = interface.newest_whole();
    json.member("since", known != nullptr ? std::optional(interface.total.from) : std::nullopt);
    const record::CaptureStats newest = known != nullptr ? *known : record::CaptureStats();
    json.member("packets_per_second", per_second(newest.received, newest));
    json.member("bits_per_second", 8 * per_second(newest.received_bytes, newest));
    write_totals(json, interface.total);
    if (with_history) write_history(json, interface.history);
    json.end_object();
  }
  json.end_array();
}

}  // namespace holter::api
