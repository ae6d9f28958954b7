#include "api/session_board.h"

#include <algorithm>
#include <array>

namespace holter::api {
namespace {

// Trouble first: down, pulsing, blind, init, up, admin_down.
int rank_of(record::SessionState state) {
  constexpr std::array<int, 6> ranks = {3, 4, 1, 0, 5, 2};
  return ranks.at(static_cast<std::size_t>(state));
}

constexpr std::size_t kMostSwept = 64;

bool is_quiet(record::SessionState state) {
  return state == record::SessionState::up || state == record::SessionState::admin_down;
}

template <class Figure>
std::optional<Figure> unless_zero(Figure figure) {
  return figure == Figure() ? std::nullopt : std::optional(figure);
}

void write_changes(base::JsonWriter& json, const std::vector<SessionBoard::Session::Step>& steps) {
  json.key("changes").begin_array();
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    json.begin_object().member("at", step->at).member("from", to_string(step->from));
    json.member("to", to_string(step->to)).member("diagnostic", to_string(step->diagnostic)).end_object();
  }
  json.end_array();
}

// The present state as the change that would lead to it.
record::NamedRecord as_change(const base::AgentId& agent, const SessionStatus& status, base::WallTime now) {
  record::PulseChange change;
  change.session = status.name;
  change.peer = status.peer;
  change.way = status.way;
  change.authentication = status.authentication;
  change.at = now;
  change.from = change.to = status.state;
  change.asked = status.asked;
  change.interval = status.interval.value_or(base::Duration::zero());
  change.silent_for = now - status.last_heard;
  return {{agent, 0, record::Lane::incidents, 0}, std::move(change)};
}

bool is_selected(const SessionBoard::Selection& selection, const base::AgentId& agent, const SessionStatus& status,
                 base::WallTime now) {
  if (selection.agent && agent != *selection.agent) return false;
  return !selection.wanted || selection.wanted(as_change(agent, status, now));
}

void write_job(base::JsonWriter& json, const SessionStatus& status) {
  const auto last_run = status.last_run ? std::optional(status.last_run->in_seconds()) : std::nullopt;
  json.key("schedule");
  if (status.schedule.empty()) {
    json.null();
  } else {
    json.text(std::string_view(status.schedule));
  }
  json.member("grace_seconds", unless_zero(status.grace.in_seconds())).member("due", status.due);
  json.member("running_since", status.running_since).member("last_run_seconds", last_run);
}

void write_session(base::JsonWriter& json, const base::AgentId& agent, const SessionBoard::Session& session,
                   base::WallTime now, const NameOf& name_of) {
  const SessionStatus& status = session.status;
  const auto interval = status.interval ? std::optional(status.interval->in_seconds()) : std::nullopt;
  const double silent = std::max((now - status.last_heard).in_seconds(), 0.0);
  const auto since = session.steps.empty() ? std::nullopt : std::optional(session.steps.back().at);
  json.begin_object().member("agent", to_string(agent)).member("agent_name", name_of(agent));
  json.key("labels").begin_object();
  for (const auto& [key, value] : status.labels) json.key(key).text(value);
  json.end_object();
  json.member("name", status.name)
      .member("since", since)
      .member("state", to_string(status.state))
      .member("peer", status.peer)
      .member("way", to_string(status.way))
      .member("authentication", to_string(status.authentication))
      .member("interval_seconds", interval);
  json.member("detect_multiplier", unless_zero(status.detect_multiplier));
  json.member("detection_time_seconds", unless_zero(status.detection_time.in_seconds()));
  json.member("suspicion", status.suspicion);
  json.member("last_heard", status.heard ? std::optional(status.last_heard) : std::nullopt);
  json.member("silent_seconds", silent).member("asked", status.asked);
  json.member("asks", unless_zero(status.asks));
  write_job(json, status);
  json.member("pulses", status.pulses).member("messages", session.messages).key("last_message");
  if (session.last_message) {
    json.begin_object().member("at", session.last_message->at).member("text", session.last_message->text).end_object();
  } else {
    json.null();
  }
  write_changes(json, session.steps);
  json.end_object();
}

}  // namespace

SessionBoard::Session* SessionBoard::find_or_make(const base::AgentId& agent, const base::UntrustedText& name,
                                                  record::Authentication authentication, record::SessionState state) {
  const Key key(agent, name.raw(), authentication);
  const auto found = sessions_.find(key);
  if (found != sessions_.end()) return &found->second;
  if (sessions_.size() >= kMaxSessions) {
    complete_ = false;
    if (is_quiet(state) || !make_room()) return nullptr;
  }
  Session& session = sessions_[key];
  session.status.name = name;
  session.status.authentication = authentication;
  return &session;
}

// Looks at a few from where it stopped last, so that it costs little even when all are in trouble.
bool SessionBoard::make_room() {
  auto next = sessions_.upper_bound(swept_);
  for (std::size_t looked = 0; looked < kMostSwept; ++looked, ++next) {
    if (next == sessions_.end()) next = sessions_.begin();
    swept_ = next->first;
    if (!is_quiet(next->second.status.state)) continue;
    sessions_.erase(next);
    return true;
  }
  return false;
}

void SessionBoard::apply(const base::AgentId& agent, const record::PulseChange& change) {
  if (change.diagnostic == record::Diagnostic::gave_way) {
    sessions_.erase({agent, change.session.raw(), change.authentication});
    return;
  }
  Session* session = find_or_make(agent, change.session, change.authentication, change.to);
  if (session == nullptr) return;
  if (session->steps.size() == kSessionChanges) session->steps.erase(session->steps.begin());
  session->steps.push_back({change.at, change.from, change.to, change.diagnostic});
  SessionStatus& status = session->status;
  status.state = change.to;
  status.peer = change.peer;
  status.way = change.way;
  if (change.detect_multiplier > 0) status.detect_multiplier = change.detect_multiplier;
  status.asked = change.asked;
  status.last_heard = change.at - change.silent_for;
  if (change.interval > base::Duration::zero()) status.interval = change.interval;
}

void SessionBoard::apply(const base::AgentId& agent, const record::PulseMessage& message) {
  Session* session = find_or_make(agent, message.session, message.authentication, record::SessionState::up);
  if (session == nullptr) return;
  ++session->messages;
  const base::UntrustedText text(message.text.raw(), record::kShownMessageBytes);
  session->last_message = std::make_unique<Session::Message>(Session::Message{message.at, text});
  session->status.last_heard = std::max(session->status.last_heard, message.at);
}

void SessionBoard::update(const base::AgentId& agent, const std::vector<SessionStatus>& sessions) {
  for (const auto& status : sessions) {
    // Who was expected and has come with a key is not awaited beside it, but for one whose traffic is.
    if (status.authentication == record::Authentication::key) forget_awaited(agent, status.name, record::Way::traffic);
    if (Session* session = find_or_make(agent, status.name, status.authentication, status.state))
      session->status = status;
  }
}

void SessionBoard::forget_awaited(const base::AgentId& agent, const base::UntrustedText& name,
                                  std::optional<record::Way> but) {
  const auto awaited = sessions_.find({agent, name.raw(), record::Authentication::loopback});
  if (awaited == sessions_.end()) return;
  const SessionStatus& status = awaited->second.status;
  if (status.peer.empty() && status.way != but) sessions_.erase(awaited);
}

std::vector<const SessionBoard::Entry*> SessionBoard::in_order(base::WallTime now, const Selection& selection) const {
  std::vector<const Entry*> order;
  order.reserve(sessions_.size());
  for (const auto& entry : sessions_) {
    if (is_selected(selection, std::get<0>(entry.first), entry.second.status, now)) order.push_back(&entry);
  }
  std::ranges::sort(order, [](const auto* a, const auto* b) {
    const int rank_a = rank_of(a->second.status.state);
    const int rank_b = rank_of(b->second.status.state);
    return rank_a != rank_b ? rank_a < rank_b : a->first < b->first;
  });
  return order;
}

void SessionBoard::write_json(base::JsonWriter& json, base::WallTime now, const Selection& selection,
                              const NameOf& name_of) const {
  json.begin_array();
  for (const auto* entry : in_order(now, selection)) {
    write_session(json, std::get<0>(entry->first), entry->second, now, name_of);
  }
  json.end_array();
}

std::vector<std::string> SessionBoard::lines(base::WallTime now, const Selection& selection,
                                             const NameOf& name_of) const {
  std::vector<std::string> lines;
  for (const auto* entry : in_order(now, selection)) {
    base::JsonWriter json;
    write_session(json, std::get<0>(entry->first), entry->second, now, name_of);
    lines.push_back(json.take());
  }
  return lines;
}

}  // namespace holter::api
