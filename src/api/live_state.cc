#include "api/live_state.h"

namespace holter::api {

Topic LiveState::apply(const record::NamedRecord& named) {
  const base::AgentId& agent = named.id.agent;
  if (const auto* result = std::get_if<record::ProbeResult>(&named.body)) {
    if (targets_.apply(agent, *result)) ++outcomes_[{{agent, result->probe}, result->outcome}];
    return Topic::result;
  }
  if (const auto* change = std::get_if<record::PulseChange>(&named.body)) {
    sessions_.apply(agent, *change);
    return Topic::sessions;
  }
  if (const auto* message = std::get_if<record::PulseMessage>(&named.body)) {
    sessions_.apply(agent, *message);
    return Topic::sessions;
  }
  if (const auto* flow = std::get_if<record::FlowRecord>(&named.body)) {
    conversations_.apply(agent, *flow);
    return Topic::conversations;
  }
  if (const auto* stats = std::get_if<record::CaptureStats>(&named.body)) {
    captures_.apply(agent, *stats);
    return Topic::capture;
  }
  if (const auto* gap = std::get_if<record::Gap>(&named.body)) {
    gaps_.push_front(*gap);
    if (gaps_.size() > kShownGaps) gaps_.pop_back();
  }
  return Topic::nothing;
}

void LiveState::set_problem(const std::string& name, const std::string& text) {
  if (text.empty()) {
    problems_.erase(name);
  } else {
    problems_[name] = text;
  }
}

std::optional<std::string> LiveState::name_of(const base::AgentId& agent) const {
  if (agent == about_.agent) return about_.name;
  const auto found = agents_.find(agent);
  return found == agents_.end() ? std::nullopt : std::optional(found->second.name);
}

std::string LiveState::targets_json(base::WallTime now) const {
  base::JsonWriter json;
  json.begin_object().key("targets");
  targets_.write_json(json, now, [this](const base::AgentId& agent) { return name_of(agent); });
  return json.end_object().take();
}

std::string LiveState::sessions_json(base::WallTime now) const {
  base::JsonWriter json;
  json.begin_object().key("sessions");
  sessions_.write_json(json, now);
  return json.end_object().take();
}

std::string LiveState::conversations_json(std::size_t limit) const {
  base::JsonWriter json;
  json.begin_object().key("conversations");
  conversations_.write_json(json, limit);
  return json.member("held", conversations_.size()).end_object().take();
}

std::string LiveState::capture_json(bool with_history) const {
  base::JsonWriter json;
  json.begin_object().key("interfaces");
  captures_.write_json(json, with_history);
  return json.end_object().take();
}

}  // namespace holter::api
