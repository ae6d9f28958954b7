// LogFlood holds back what repeats too fast, so that nobody who makes holter speak can fill a disk: of one message (by
// component and text) at most kLogBurst lines a second pass; the rest is counted, and told with the next that passes.
// Pure: takes `now`; bounded; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace holter::env_linux {

inline constexpr std::uint32_t kLogBurst = 50;
inline constexpr std::size_t kMaxLogMessages = 1'024;  // remembered; beyond it all new ones share one place

class LogFlood {
 public:
  // Nothing when the line is to be held back; else how many like it were held back before.
  std::optional<std::uint64_t> pass(std::string_view component, std::string_view message, base::Instant now);

 private:
  struct Second {
    base::Instant began;
    std::uint32_t passed = 0;
    std::uint64_t held_back = 0;
  };

  std::map<std::string, Second, std::less<>> seconds_;
};

}  // namespace holter::env_linux
