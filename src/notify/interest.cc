#include "notify/interest.h"

#include <algorithm>
#include <optional>

namespace holter::notify {

using record::SessionState;
namespace {

// The others are on the way from one of these to another, or back.
bool is_definite(SessionState state) {
  return state == SessionState::up || state == SessionState::down || state == SessionState::admin_down;
}

}  // namespace

void Interest::set(const Options& options) {
  states_ = options.states;
  patterns_ = options.sessions;
}

bool Interest::asked_for(SessionState state) const { return std::ranges::find(states_, state) != states_.end(); }

bool Interest::matches(const std::string& session) const {
  return patterns_.empty() ||
         std::ranges::any_of(patterns_, [&session](const auto& pattern) { return is_like(session, pattern); });
}

bool Interest::wants(const Change& change) {
  const auto [from, to] = std::pair(change.body.from, change.body.to);
  if (from == to || !matches(change.body.session.raw())) return false;
  const std::string key = session_key(change);
  const auto detour = detours_.find(key);
  std::optional<SessionState> before;
  if (is_definite(from)) {
    before = from;
  } else if (detour != detours_.end()) {
    before = detour->second;
  } else if (from == SessionState::pulsing || from == SessionState::blind) {
    before = SessionState::up;  // since before this process: nothing but a session that is up gets there
  }
  if (!is_definite(to)) {
    if (before && detours_.size() < kMaxDetours) detours_[key] = *before;
    return asked_for(to);
  }
  if (detour != detours_.end()) detours_.erase(detour);
  return asked_for(to) && (before != to || asked_for(from));
}

bool is_like(std::string_view name, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t star_took_to = 0;
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      after_star = ++in_pattern;
      star_took_to = at;
    } else if (in_pattern < pattern.size() && (pattern[in_pattern] == '?' || pattern[in_pattern] == name[at])) {
      ++in_pattern;
      ++at;
    } else if (after_star != std::string_view::npos) {
      in_pattern = after_star;
      at = ++star_took_to;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

}  // namespace holter::notify
