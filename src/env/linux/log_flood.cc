#include "env/linux/log_flood.h"

namespace holter::env_linux {

bool LogFlood::admit(env::LogLevel level, std::string_view component, std::string_view message, base::Instant now) {
  if (level == env::LogLevel::debug) return true;
  Key key{component, message};
  if (windows_.size() >= kMaxLogMessages && !windows_.contains(key)) key = {"holter", ""};
  const auto [place, is_new] = windows_.try_emplace(std::move(key), Window{now});
  Window& window = place->second;
  if (!is_new && now - window.began >= kLogWindow) {
    window.began = now;
    window.passed = 0;
  }
  window.level = level;
  if (window.passed < kLogBurst) {
    ++window.passed;
    return true;
  }
  if (window.held++ == 0) holding_.push_back(place);
  return false;
}

std::vector<LogFlood::Held> LogFlood::take_held(base::Instant now) {
  std::vector<Held> told;
  std::erase_if(holding_, [&](const auto& place) {
    Window& window = place->second;
    if (now - window.began < kLogWindow) return false;
    told.push_back({window.level, place->first.first, place->first.second, std::exchange(window.held, 0)});
    return true;
  });
  return told;
}

}  // namespace holter::env_linux
