// LogFlood holds back what repeats too fast, so that nobody who makes holter speak can fill a disk: of one message (by
// component and text) at most kLogBurst lines a second pass; the rest is counted, and how many they were is told once
// their second is over. Errors are counted like the rest; lines at level debug are never held back, because whoever
// asks for them wants each. Pure: takes `now`; bounded; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "env/log.h"

namespace holter::env_linux {

inline constexpr std::uint32_t kLogBurst = 50;
inline constexpr std::size_t kMaxLogMessages = 1'024;  // remembered; beyond it all new ones share one place
inline constexpr base::Duration kLogWindow = base::Duration::seconds(1);

class LogFlood {
 public:
  struct Held {
    env::LogLevel level;
    std::string component;
    std::string message;  // empty: of several
    std::uint64_t lines = 0;
  };

  // Whether the line may be written.
  bool admit(env::LogLevel level, std::string_view component, std::string_view message, base::Instant now);
  // What was held back in seconds that are over by `now`, each told once.
  std::vector<Held> take_held(base::Instant now);
  // The same, of all seconds.
  std::vector<Held> take_all() { return take_held(base::Instant::max()); }

 private:
  using Key = std::pair<std::string, std::string>;  // component, message
  struct Window {
    base::Instant began;
    env::LogLevel level = env::LogLevel::info;
    std::uint32_t passed = 0;
    std::uint64_t held = 0;
  };

  std::map<Key, Window> windows_;
  std::vector<std::map<Key, Window>::iterator> holding_;  // places of windows_ that have something to tell
};

}  // namespace holter::env_linux
