// Runs a test's body in a child process with a user and network namespace of its own, where it holds every capability
// and can harm nobody. The body reports with EXPECT_*; not_allowed: this kernel gives no namespaces.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace holter::env_linux {

enum class NamespaceOutcome { passed, failed, not_allowed };

inline bool write_text_file(const char* path, const std::string& text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written;
}

inline bool enter_namespaces() {
  const std::string user = "0 " + std::to_string(::getuid()) + " 1";
  const std::string group = "0 " + std::to_string(::getgid()) + " 1";
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  write_text_file("/proc/self/setgroups", "deny");
  return write_text_file("/proc/self/uid_map", user) && write_text_file("/proc/self/gid_map", group) &&
         std::system("ip link set lo up") == 0;
}

template <class Body>
NamespaceOutcome run_in_namespace(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!enter_namespaces()) ::_exit(77);
    body();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return NamespaceOutcome::failed;
  if (WEXITSTATUS(status) == 77) return NamespaceOutcome::not_allowed;
  return WEXITSTATUS(status) == 0 ? NamespaceOutcome::passed : NamespaceOutcome::failed;
}

}  // namespace holter::env_linux
