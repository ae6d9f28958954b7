// A test that cannot run here says why, and where none may be missing (HOLTER_NO_SKIP=1, as in CI) that is a failure.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

#define HOLTER_SKIP(why)                                                                   \
  do {                                                                                     \
    if (std::getenv("HOLTER_NO_SKIP") != nullptr) FAIL() << "may not be skipped: " << why; \
    GTEST_SKIP() << why;                                                                   \
  } while (false)

// The end of a test whose body ran in test_namespace.h's run_in_namespace().
#define HOLTER_EXPECT_PASSED(outcome)                                                                            \
  do {                                                                                                           \
    const auto reached = (outcome);                                                                              \
    if (reached == NamespaceOutcome::not_allowed) HOLTER_SKIP("the kernel gives no user and network namespace"); \
    EXPECT_EQ(reached, NamespaceOutcome::passed);                                                                \
  } while (false)
