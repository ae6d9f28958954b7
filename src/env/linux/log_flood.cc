#include "env/linux/log_flood.h"

#include <utility>

namespace holter::env_linux {

std::optional<std::uint64_t> LogFlood::pass(std::string_view component, std::string_view message, base::Instant now) {
  std::string key(component);
  key.append(1, '\0').append(message);
  if (seconds_.size() >= kMaxLogMessages && !seconds_.contains(key)) key.clear();
  auto [place, is_new] = seconds_.try_emplace(std::move(key), Second{now});
  Second& second = place->second;
  if (!is_new && now - second.began >= base::Duration::seconds(1)) {
    second.began = now;
    second.passed = 0;
  }
  if (second.passed == kLogBurst) {
    ++second.held_back;
    return std::nullopt;
  }
  ++second.passed;
  return std::exchange(second.held_back, 0);
}

}  // namespace holter::env_linux
