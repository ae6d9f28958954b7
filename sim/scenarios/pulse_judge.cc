#include "sim/scenarios/pulse_judge.h"

#include <algorithm>

namespace holter::sim {

using base::Duration;
using base::Instant;
using record::SessionState;

void PulseJudge::on_life(const std::string& session, Instant at) { life_[session] = at; }

void PulseJudge::broken(const std::string& session, const std::string& what) {
  if (broken_.size() < kMostKept) broken_.push_back(session + ": " + what);
}

// How long it may be silent, by the rules and not by what the session says, as far as they go.
Duration PulseJudge::patience(const heartbeat::SessionStatus& session) {
  const Duration fixed = rules_.pace.detection_time();
  const Duration said = session.detection_time;
  const bool fits = rules_.adaptive ? said >= fixed / 2 && said <= fixed * 2 : said == fixed;
  if (!fits) broken(session.name.raw(), "a detection time of " + to_string(said));
  return said + rules_.asking;
}

void PulseJudge::on_down(const heartbeat::SessionStatus& session, Instant at, bool living) {
  ++downs_;
  if (living) ++false_downs_;
  const std::string& name = session.name.raw();
  const Duration bound = patience(session);
  const Instant life = life_[name];
  if (at - life < bound) broken(name, "down after " + to_string(at - life) + " of " + to_string(bound));
  const Duration watched = at - std::max(life, back_);
  if (watched > bound + kTick) broken(name, "down only after " + to_string(watched) + " of " + to_string(bound));
}

void PulseJudge::look(const heartbeat::SessionStatus& session, Instant now) {
  if (session.state == SessionState::down || session.state == SessionState::admin_down) return;
  const std::string& name = session.name.raw();
  const Duration watched = now - std::max(life_[name], back_);
  if (watched > patience(session) + kTick) broken(name, "not down after " + to_string(watched));
}

void PulseJudge::on_restart(const std::vector<record::PulseChange>& known,
                            const std::vector<heartbeat::SessionStatus>& restored) {
  std::map<std::string, SessionState> found;
  for (const auto& session : restored) found[session.name.raw()] = session.state;
  for (const auto& change : known) {
    const bool closed = change.to == SessionState::down || change.to == SessionState::admin_down;
    const auto state = found.find(change.session.raw());
    if (state == found.end()) {
      broken(change.session.raw(), "forgotten by the restart");
    } else if (state->second != (closed ? change.to : SessionState::init)) {
      broken(change.session.raw(), "is " + std::string(to_string(state->second)) + " after the restart");
    }
  }
}

std::string PulseJudge::verdict() const {
  std::string words;
  for (const auto& one : broken_) words += one + '\n';
  return words;
}

}  // namespace holter::sim
