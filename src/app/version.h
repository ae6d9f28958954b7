// What this program is called and which one it is.
#pragma once

#include <string>

namespace holter::app {

inline constexpr const char* kVersion = HOLTER_VERSION;
inline constexpr const char* kProgram = "a network flight recorder: heartbeats, probes and packets in one place";

inline std::string version_text() { return std::string("holter ") + kVersion + '\n'; }

}  // namespace holter::app
