// Real captures lie beside the clone, not in it. Where they are not, a test of them says so and is left out: skipped,
// or passed where no test may be skipped (HOLTER_NO_SKIP=1, as in CI), which has no more than the clone.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace holter::base {

// `root`: of the clone. HOLTER_SHARED names another directory beside it.
inline std::filesystem::path captures_beside(const char* root) {
  const char* const named = std::getenv("HOLTER_SHARED");
  return (named != nullptr ? std::filesystem::path(named) : std::filesystem::path(root) / "../shared") / "pcaps";
}

}  // namespace holter::base

// At the beginning of a test.
#define HOLTER_NEEDS_CAPTURES(folder)                                                                                 \
  if (!std::filesystem::is_directory(folder)) {                                                                       \
    std::cout << "left out: no captures in " << (folder) << "; HOLTER_SHARED names the directory beside the clone\n"; \
    if (std::getenv("HOLTER_NO_SKIP") != nullptr) return;                                                             \
    GTEST_SKIP() << "no captures";                                                                                    \
  }                                                                                                                   \
  static_assert(true, "a semicolon follows")
