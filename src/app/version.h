// The version of this holter, as CMake's project() says it.
#pragma once

namespace holter::app {

inline constexpr const char* kVersion = HOLTER_VERSION;

}  // namespace holter::app
