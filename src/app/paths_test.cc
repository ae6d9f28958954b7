#include "app/paths.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

TEST(Paths, FollowXdgForAnOrdinaryUser) {
  const UserFacts user{false, {{"HOME", "/home/a"}}};
  EXPECT_EQ(paths_of(user, "", "").data, "/home/a/.local/share/holter");
  EXPECT_EQ(paths_of(user, "", "").runtime, "/home/a/.local/share/holter/run");
  const UserFacts xdg{false, {{"HOME", "/home/a"}, {"XDG_DATA_HOME", "/d"}, {"XDG_RUNTIME_DIR", "/run/user/7"}}};
  EXPECT_EQ(paths_of(xdg, "", "").data, "/d/holter");
  EXPECT_EQ(paths_of(xdg, "", "").control_socket(), "/run/user/7/holter/control.sock");
}

TEST(Paths, AreTheSystemsForRootAndTheGivenOnesForAnybody) {
  const UserFacts root{true, {{"HOME", "/root"}, {"XDG_RUNTIME_DIR", "relative"}}};
  EXPECT_EQ(paths_of(root, "", "").data, "/var/lib/holter");
  EXPECT_EQ(paths_of(root, "", "").runtime, "/run/holter");
  const UserFacts login{true, {{"HOME", "/root"}, {"XDG_RUNTIME_DIR", "/run/user/0"}}};
  EXPECT_EQ(paths_of(login, "", "").runtime, "/run/holter");
  EXPECT_EQ(paths_of(root, "/x", "/y").lock(), "/x/holter.lock");
  EXPECT_EQ(paths_of(root, "/x", "/y").runtime, "/y");
}

}  // namespace
}  // namespace holter::app
