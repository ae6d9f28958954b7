#include "env/linux/standard_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace holter::env_linux {
namespace {

// In a child, which has no use for them.
int descriptor_after_closing(int first, int last) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (int number = first; number <= last; ++number) ::close(number);
    open_standard_streams();
    ::_exit(::open("/", O_RDONLY | O_CLOEXEC));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StandardStreams, NoFileGetsTheNumberOfAClosedOne) {
  for (int first = 0; first <= 2; ++first) {
    for (int last = first; last <= 2; ++last) EXPECT_GT(descriptor_after_closing(first, last), 2) << first << last;
  }
}

TEST(StandardStreams, OpenOnesStayAsTheyAre) {
  struct stat before{};
  struct stat after{};
  ASSERT_EQ(::fstat(STDERR_FILENO, &before), 0);
  open_standard_streams();
  ASSERT_EQ(::fstat(STDERR_FILENO, &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

}  // namespace
}  // namespace holter::env_linux
