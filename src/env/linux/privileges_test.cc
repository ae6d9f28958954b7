#include "env/linux/privileges.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "env/linux/identity.h"
#include "env/linux/process_status.h"
#include "env/linux/test_directory.h"
#include "env/linux/test_namespace.h"
#include "env/linux/test_skip.h"

namespace holter::env_linux {
namespace {

using testing::HasSubstr;

// Privileges are given up for good, so each test does it in a child of its own.
template <class Body>
bool run_in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void expect_powerless() {
  const auto power = process_power(::getpid());
  ASSERT_TRUE(power);
  EXPECT_TRUE(power->none());
  EXPECT_TRUE(power->no_new_privileges);
  EXPECT_EQ(::umask(0), 077U);
}

void expect_directory_of(const std::string& path, std::uint32_t user) {
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0) << path;
  EXPECT_EQ(status.st_uid, user);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

void make_file(const std::string& path) { ::close(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); }

TEST(Privileges, AnOrdinaryUserStaysOneAndOwnsTheDirectory) {
  const TestDirectory directory;
  EXPECT_TRUE(run_in_child([&] {
    if (::geteuid() == 0) {
      ::chmod((directory / "").c_str(), 0777);
      ASSERT_EQ(::setresuid(1'234, 1'234, 1'234), 0);
    }
    const auto dropped = drop_privileges(directory / "made/here");
    ASSERT_TRUE(dropped) << to_string(dropped.error());
    EXPECT_THAT(*dropped, HasSubstr("uid " + std::to_string(::geteuid()) + " (who started it)"));
    expect_powerless();
    expect_directory_of(directory / "made/here", ::geteuid());
  }));
}

TEST(Privileges, StaysUidZeroOfANamespaceThatKnowsNoOther) {
  const TestDirectory directory;
  HOLTER_EXPECT_PASSED(run_in_namespace([&] {
    const auto dropped = drop_privileges(directory / "data");
    ASSERT_TRUE(dropped) << to_string(dropped.error());
    EXPECT_THAT(*dropped, HasSubstr("the only user of this user namespace"));
    expect_powerless();
    EXPECT_EQ(process_power(::getpid())->bounding, 0U);
  }));
}

TEST(Privileges, RootBecomesWhoCalledSudo) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root");
  const TestDirectory directory;
  EXPECT_TRUE(run_in_child([&] {
    ::setenv("SUDO_UID", "1234", 1);
    ::setenv("SUDO_GID", "1235", 1);
    const gid_t group_of_root = 4;
    ASSERT_EQ(::setgroups(1, &group_of_root), 0);
    const auto dropped = drop_privileges(directory / "made/here");
    ASSERT_TRUE(dropped) << to_string(dropped.error());
    EXPECT_EQ(*dropped, "runs as uid 1234 (who called sudo), without any capability");
    expect_powerless();
    EXPECT_EQ(process_power(::getpid())->bounding, 0U);
    EXPECT_EQ(::getegid(), 1'235U);
    EXPECT_EQ(::getgroups(0, nullptr), 0);
    EXPECT_NE(::setresuid(0, 0, 0), 0) << "root again";
    expect_directory_of(directory / "made", 1'234);
    expect_directory_of(directory / "made/here", 1'234);
  }));
}

TEST(Privileges, RootBecomesTheOwnerOfTheData) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root");
  const TestDirectory directory;
  ASSERT_EQ(::mkdir((directory / "data").c_str(), 0700), 0);
  make_file(directory / "data/store");
  ASSERT_EQ(::chown((directory / "data").c_str(), 4'321, 4'322), 0);
  EXPECT_TRUE(run_in_child([&] {
    ::setenv("SUDO_UID", "1234", 1);
    ::setenv("SUDO_GID", "1235", 1);
    ASSERT_TRUE(drop_privileges(directory / "data"));
    EXPECT_EQ(::geteuid(), 4'321U);
    EXPECT_EQ(::getegid(), 4'322U);
    expect_powerless();
  }));
}

TEST(Privileges, FilesOfRootAreLeftAloneAndNamed) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root");
  const TestDirectory directory;
  ASSERT_EQ(::mkdir((directory / "data").c_str(), 0700), 0);
  make_file(directory / "data/store");
  EXPECT_TRUE(run_in_child([&] {
    const auto dropped = drop_privileges(directory / "data");
    ASSERT_FALSE(dropped);
    EXPECT_THAT(dropped.error().message, HasSubstr("chown -R"));
  }));
  expect_directory_of(directory / "data", 0);
}

TEST(Privileges, RootFollowsNoSymbolicLink) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root");
  const TestDirectory directory;
  ASSERT_EQ(::mkdir((directory / "elsewhere").c_str(), 0700), 0);
  ASSERT_EQ(::symlink("elsewhere", (directory / "link").c_str()), 0);
  EXPECT_TRUE(run_in_child([&] {
    for (const char* path : {"link", "link/data"}) {
      const auto dropped = drop_privileges(directory / path);
      ASSERT_FALSE(dropped);
      EXPECT_THAT(dropped.error().message, HasSubstr("symbolic link"));
    }
  }));
  expect_directory_of(directory / "elsewhere", 0);
}

TEST(Privileges, ADirectoryOutOfReachIsAnError) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root");
  const TestDirectory directory;
  ASSERT_EQ(::mkdir((directory / "private").c_str(), 0700), 0);
  EXPECT_TRUE(run_in_child([&] {
    const auto dropped = drop_privileges(directory / "private/data");
    ASSERT_FALSE(dropped);
    EXPECT_THAT(dropped.error().message, HasSubstr("name one that this user can reach"));
  }));
}

}  // namespace
}  // namespace holter::env_linux
