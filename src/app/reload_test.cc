#include "app/reload.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

TEST(Reload, SaysWhatChangesAndWhatNeedsARestart) {
  config::Settings running;
  running.probes = {{.name = "a", .target = "192.0.2.1"}, {.name = "b", .target = "192.0.2.2"}};
  config::Settings wanted = running;
  EXPECT_EQ(changes_in_words(running, wanted), "nothing has changed");
  wanted.probes = {{.name = "b", .target = "192.0.2.3"}, {.name = "c", .target = "192.0.2.2"}};
  wanted.sessions = {{.name = "db1"}};
  wanted.log.level = env::LogLevel::debug;
  wanted.store.budget_bytes *= 2;
  EXPECT_EQ(
      changes_in_words(running, wanted),
      "probes: 1 added, 1 removed, 1 changed; sessions: 1 added; log.level changed; store.budget needs a restart");
}

}  // namespace
}  // namespace holter::app
