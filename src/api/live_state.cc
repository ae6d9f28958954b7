#include "api/live_state.h"

#include "base/nearest.h"

namespace holter::api {
namespace {

constexpr std::size_t kShownNameBytes = 64;  // of a name that nobody has
constexpr std::size_t kShownIds = 8;

}  // namespace

Topic LiveState::apply(const record::NamedRecord& named) {
  const base::AgentId& agent = named.id.agent;
  if (const auto* result = std::get_if<record::ProbeResult>(&named.body)) {
    targets_.apply(agent, *result);
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
  if (const auto* change = std::get_if<record::NetworkChange>(&named.body)) {
    network_changes_.push_front(*change);
    if (network_changes_.size() > kShownNetworkChanges) network_changes_.pop_back();
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

base::Result<base::AgentId> LiveState::find_agent(const std::string& text) const {
  if (const auto id = base::parse_agent_id(text)) return *id;
  std::vector<base::AgentId> found;
  std::vector<std::string> names;
  const auto look = [&](const base::AgentId& id, const std::string& name) {
    names.push_back(base::UntrustedText(name).for_terminal());
    if (name == text) found.push_back(id);
  };
  look(about_.agent, about_.name);
  for (const auto& [id, agent] : agents_) {
    if (id != about_.agent) look(id, agent.name);
  }
  if (found.size() == 1) return found.front();
  const std::string asked = '\'' + base::UntrustedText(text, kShownNameBytes).for_terminal() + '\'';
  if (found.empty()) {
    return base::Error{base::ErrorKind::invalid, "no agent is named " + asked +
                                                     ", and it is no id of 32 hexadecimal "
                                                     "digits" +
                                                     base::did_you_mean(text, names)};
  }
  std::string ids;
  for (std::size_t i = 0; i < std::min(found.size(), kShownIds); ++i) ids += (i == 0 ? "" : ", ") + to_string(found[i]);
  return base::Error{base::ErrorKind::invalid,
                     std::to_string(found.size()) + " agents are named " + asked + "; say which by its id: " + ids};
}

void LiveState::show_conversations(const base::AgentId& agent, const std::vector<record::FlowRecord>& flows) {
  for (const auto& flow : flows) conversations_.apply(agent, flow);
}

std::vector<base::AgentId> LiveState::planned_agents() const {
  if (about_.role != "hub") return {about_.agent};
  std::vector<base::AgentId> agents;
  for (const auto& [id, agent] : agents_) agents.push_back(id);
  return agents;
}

std::string LiveState::targets_json(base::WallTime now) const {
  base::JsonWriter json;
  json.begin_object().key("targets");
  targets_.write_json(json, now, planned_agents(), names());
  return json.end_object().take();
}

std::string LiveState::sessions_json(base::WallTime now, const SessionBoard::Selection& selection) const {
  base::JsonWriter json;
  json.begin_object().member("complete", sessions_.complete()).key("sessions");
  sessions_.write_json(json, now, selection, names());
  return json.end_object().take();
}

std::vector<std::string> LiveState::session_lines(base::WallTime now, const SessionBoard::Selection& selection) const {
  return sessions_.lines(now, selection, names());
}

std::string LiveState::conversations_json(std::size_t limit) const {
  base::JsonWriter json;
  json.begin_object().key("conversations");
  conversations_.write_json(json, limit, names());
  return json.member("held", conversations_.size()).end_object().take();
}

std::string LiveState::capture_json(bool with_history) const {
  base::JsonWriter json;
  json.begin_object().key("interfaces");
  captures_.write_json(json, with_history, names());
  return json.end_object().take();
}

}  // namespace holter::api
