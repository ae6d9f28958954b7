#include "env/linux/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/untrusted_text.h"
#include "env/linux/broker_process.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

// What a service manager said to holter and to nobody else.
constexpr std::array<std::string_view, 6> kHoltersOwn = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                                         "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};
constexpr int kReapLimitMs = 1'000;

// Attributes and file actions of one posix_spawn.
struct SpawnPlan {
  SpawnPlan() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&actions);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // A group of its own, default signals, none blocked, and the given three descriptors alone.
  int fill(int input, int output, int error) {
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    const int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    int failure = ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    if (failure == 0) failure = ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (failure == 0) failure = ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (failure == 0) failure = ::posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);
    if (failure == 0) failure = ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    return failure;
  }

  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t actions{};
};

// Both ends above the standard descriptors, so that giving one of them cannot overwrite another.
base::Result<void> make_pipe(UniqueFd& read_end, UniqueFd& write_end) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return os_error("cannot make a pipe", errno);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    UniqueFd low(ends[i]);
    UniqueFd& kept = i == 0 ? read_end : write_end;
    kept.reset(::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!kept) return os_error("cannot make a pipe", errno);
  }
  return {};
}

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

std::vector<std::string> environment_for(const env::ProgramOrder& order) {
  std::vector<std::string> out;
  for (const auto& [name, value] : order.environment) out.push_back(name + "=" + value);
  const std::size_t given = out.size();
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view name = name_of(*entry);
    const auto is_same = [name](const std::string& own) { return name_of(own) == name; };
    const bool hidden = std::find(kHoltersOwn.begin(), kHoltersOwn.end(), name) != kHoltersOwn.end() ||
                        std::any_of(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(given), is_same);
    if (!hidden) out.emplace_back(*entry);
  }
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

base::Result<void> check(const env::ProgramOrder& order) {
  const auto refuse = [](std::string why) { return base::Error{base::ErrorKind::invalid, std::move(why)}; };
  const auto holds_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
  if (order.arguments.empty() || order.arguments.front().empty()) return refuse("no program is named");
  if (std::any_of(order.arguments.begin(), order.arguments.end(), holds_nul)) {
    return refuse("an argument of a program cannot hold a NUL byte");
  }
  for (const auto& [name, value] : order.environment) {
    if (name.empty() || name.find('=') != std::string::npos || holds_nul(name) || holds_nul(value)) {
      return refuse("a variable of a program's environment cannot be empty nor hold a NUL byte");
    }
  }
  return {};
}

}  // namespace

base::Result<ChildProcess> ChildProcess::start(const env::ProgramOrder& order) {
  if (const auto fit = check(order); !fit) return fit.error();
  ChildProcess child;
  UniqueFd input;
  UniqueFd output;
  UniqueFd error;
  for (const auto& made :
       {make_pipe(input, child.input_), make_pipe(child.output_, output), make_pipe(child.error_, error)}) {
    if (!made) return made.error();
  }
  const std::string doing = "cannot run " + base::UntrustedText(order.arguments.front()).for_terminal();
  SpawnPlan plan;
  if (const int failure = plan.fill(input.get(), output.get(), error.get())) return os_error(doing, failure);
  auto words = order.arguments;
  auto variables = environment_for(order);
  const auto argv = pointers_to(words);
  const auto envp = pointers_to(variables);
  const int failure = ::posix_spawnp(&child.pid_, argv[0], &plan.actions, &plan.attributes, argv.data(), envp.data());
  if (failure != 0) {
    child.pid_ = 0;
    return os_error(doing, failure);
  }
  child.ended_.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.pid_, 0)));
  if (!child.ended_) return os_error("cannot wait for a program", errno);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      ended_(std::move(other.ended_)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      error_(std::move(other.error_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  signal_group(SIGKILL);
  end_child(pid_, kReapLimitMs);
}

void ChildProcess::signal_group(int number) const {
  if (pid_ != 0) ::kill(-pid_, number);
}

void ChildProcess::take_end(env::ProgramEnd& into) {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  if (WIFSIGNALED(status)) into.signal = WTERMSIG(status);
  if (WIFEXITED(status)) into.exit_status = WEXITSTATUS(status);
}

}  // namespace holter::env_linux
