#include "env/linux/broker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "env/linux/broker_client.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

constexpr int kBrokerFd = 3;
constexpr int kExitCannotExecute = 126;

// In the child: a session of its own (so that Ctrl-C and Ctrl-Z reach holter alone), no signal blocked or ignored, no
// descriptor but standard error and the socket, no environment.
[[noreturn]] void become_broker(const char* path, int socket) {
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDWR);
  bool ready = nothing >= 0 && ::dup2(nothing, 0) == 0 && ::dup2(nothing, 1) == 1;
  // dup2 onto the number it has already would leave close-on-exec set.
  ready = ready && (socket == kBrokerFd ? ::fcntl(socket, F_SETFD, 0) == 0 : ::dup2(socket, kBrokerFd) == kBrokerFd);
  if (ready) {
    ::close_range(kBrokerFd + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    std::array<char*, 3> arguments{const_cast<char*>(path), const_cast<char*>("3"), nullptr};
    std::array<char*, 1> environment{nullptr};
    ::execve(path, arguments.data(), environment.data());
  }
  broker::Reply reply;
  reply.step = broker::Step::execute;
  reply.error = errno;
  ::send(kBrokerFd, &reply, sizeof(reply), MSG_NOSIGNAL);
  ::_exit(kExitCannotExecute);
}

}  // namespace

base::Result<BrokerChild> start_broker(const std::string& path) {
  std::array<int, 2> pair{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return os_error("cannot make a socket pair for " + path, errno);
  }
  BrokerChild child{UniqueFd(pair[0]), -1};
  const UniqueFd theirs(pair[1]);
  const timeval limit{kBrokerAnswerTime.in_milliseconds() / 1'000, 0};
  if (::setsockopt(child.socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
      ::setsockopt(child.socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0) {
    return os_error("cannot limit how long holter waits for " + path, errno);
  }
  child.pid = ::fork();
  if (child.pid < 0) return os_error("cannot start " + path, errno);
  if (child.pid == 0) become_broker(path.c_str(), theirs.get());
  return child;
}

void end_child(pid_t pid, int limit_ms) {
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{handle.get(), POLLIN, 0};
  if (handle && ::poll(&ended, 1, limit_ms) == 0) ::kill(pid, SIGKILL);
  // Not blocking: a broker of another user that hangs cannot be killed, and shall not hold up the end of holter.
  const bool over = handle && ::poll(&ended, 1, limit_ms) > 0;
  ::waitpid(pid, nullptr, over ? 0 : WNOHANG);
}

}  // namespace holter::env_linux
