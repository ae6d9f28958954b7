#include "env/linux/programs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "env/linux/loop.h"
#include "env/linux/test_directory.h"
#include "env/linux/test_log.h"

namespace holter::env_linux {
namespace {

using base::Duration;
using base::ErrorKind;
using env::ProgramEnd;
using env::ProgramOrder;
using Answer = base::Result<ProgramEnd>;

env::Task<void> run_into(env::Env env, ProgramOrder order, std::optional<Answer>* into) {
  *into = co_await env.programs.run(std::move(order));
}

class Programs : public ::testing::Test {
 protected:
  Answer run(ProgramOrder order) {
    std::optional<Answer> answer;
    loop_->run(run_into(loop_->env(), std::move(order), &answer));
    return std::move(*answer);
  }
  Answer shell(const std::string& script) { return run({.arguments = {"/bin/sh", "-c", script}}); }
  base::Instant after(Duration span) { return loop_->env().clock.now() + span; }

  TestLog log_;
  std::unique_ptr<Loop> loop_ = *Loop::create(log_);
};

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

// Until init has reaped it; a process that is left over fails the test.
bool goes_away(pid_t pid) {
  for (int tries = 0; tries < 500 && !is_gone(pid); ++tries) ::usleep(10'000);
  return is_gone(pid);
}

TEST_F(Programs, SayHowTheyEnded) {
  const auto fine = run({.arguments = {"/bin/true"}});
  ASSERT_TRUE(fine) << to_string(fine.error());
  EXPECT_TRUE(fine->succeeded());
  const auto third = shell("exit 3");
  EXPECT_EQ(third->exit_status, 3);
  EXPECT_EQ(to_string(*third), "exit status 3");
  const auto killed = shell("kill -9 $$");
  EXPECT_EQ(killed->signal, SIGKILL);
  EXPECT_FALSE(killed->succeeded());
}

TEST_F(Programs, AMegabyteGoesBothWays) {
  ProgramOrder order{.arguments = {"cat"}};
  for (std::size_t i = 0; order.input.size() < 1'000'000; ++i) order.input += std::to_string(i) + "\n";
  const std::string sent = order.input;
  std::string came;
  order.on_output = [&came](env::ProgramStream stream, base::Bytes bytes) {
    EXPECT_EQ(stream, env::ProgramStream::output);
    came.append(bytes.begin(), bytes.end());
  };
  const auto end = run(std::move(order));
  ASSERT_TRUE(end);
  EXPECT_TRUE(came == sent);
  EXPECT_EQ(end->output_bytes, sent.size());
  EXPECT_EQ(end->output.raw(), sent.substr(sent.size() - 4'096));
}

TEST_F(Programs, BothStreamsAreToldApart) {
  std::string errors;
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "echo out; echo err >&2"}};
  order.on_output = [&errors](env::ProgramStream stream, base::Bytes bytes) {
    if (stream == env::ProgramStream::error) errors.append(bytes.begin(), bytes.end());
  };
  const auto end = run(std::move(order));
  EXPECT_EQ(errors, "err\n");
  EXPECT_EQ(end->output.size(), 8u);
}

// Opened by hand; says how much came while it was shut.
struct Gate {
  explicit Gate(const boost::asio::any_io_executor& executor) : changed(executor) {}
  env::Task<void> pass() {
    while (!open) co_await changed.wait();
  }
  env::Signal changed;
  bool open = false;
  std::size_t came = 0;
};

env::Task<void> open_after(env::Env env, Gate* gate, Duration span, std::size_t* came_before) {
  co_await env.clock.sleep_for(span);
  *came_before = gate->came;
  gate->open = true;
  gate->changed.notify();
}

env::Task<void> run_gated(env::Env env, ProgramOrder order, Gate* gate, std::optional<Answer>* into) {
  order.on_output = [gate](env::ProgramStream, base::Bytes bytes) { gate->came += bytes.size(); };
  order.room_for_output = [gate] { return gate->pass(); };
  *into = co_await env.programs.run(std::move(order));
}

TEST_F(Programs, WaitWhileThereIsNoRoomForTheirOutput) {
  Gate gate(loop_->env().executor);
  std::size_t came_before = 1;
  std::optional<Answer> end;
  env::TaskGroup group(loop_->env().executor);
  group.spawn(open_after(loop_->env(), &gate, Duration::milliseconds(200), &came_before));
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 3"}};
  loop_->run(run_gated(loop_->env(), std::move(order), &gate, &end));
  EXPECT_EQ(came_before, 0U);
  EXPECT_EQ(gate.came, 1'000'000U);
  EXPECT_EQ((*end)->exit_status, 3);
  EXPECT_GE((*end)->run_time, Duration::milliseconds(100));
}

TEST_F(Programs, WhatIsInThePipeAtTheirEndIsTakenWithoutRoom) {
  Gate gate(loop_->env().executor);
  std::optional<Answer> end;
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "head -c 50000 /dev/zero; echo err >&2"}};
  loop_->run(run_gated(loop_->env(), std::move(order), &gate, &end));
  EXPECT_TRUE((*end)->succeeded());
  EXPECT_EQ(gate.came, 50'004U);
}

TEST_F(Programs, AStalledReaderDoesNotKeepThemAlive) {
  Gate gate(loop_->env().executor);
  std::optional<Answer> end;
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "head -c 1000000 /dev/zero"}};
  order.deadline = after(Duration::milliseconds(100));
  loop_->run(run_gated(loop_->env(), std::move(order), &gate, &end));
  EXPECT_TRUE((*end)->timed_out);
}

TEST_F(Programs, ArgumentsInputAndEnvironmentAreDataOnly) {
  const std::string hostile = "$(id) `id` \"'\\\n\t*";
  ProgramOrder order{.arguments = {"/bin/sh", "-c", R"(printf '%s|%s|' "$1" "$HOSTILE"; cat)", "sh", hostile}};
  order.environment = {{"HOSTILE", hostile}};
  order.input = hostile;
  EXPECT_EQ(run(std::move(order))->output.raw(), hostile + "|" + hostile + "|" + hostile);
}

TEST_F(Programs, StartCleanly) {
  ::setenv("NOTIFY_SOCKET", "/nowhere", 1);
  ::setenv("HOLTER_TEST_KEPT", "kept", 1);
  ::setenv("HOLTER_TEST_REPLACED", "old", 1);
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const int open_file = ::open("/dev/null", 0);  // without close-on-exec
  ProgramOrder order{.arguments = {"/bin/sh", "-c",
                                   "ls /proc/self/fd | wc -l; grep -E 'Sig(Blk|Ign)' /proc/self/status;"
                                   "ps -o pgid= -p $$ | tr -d ' '; echo $$;"
                                   "echo $NOTIFY_SOCKET-$HOLTER_TEST_KEPT-$HOLTER_TEST_REPLACED"}};
  order.environment = {{"HOLTER_TEST_REPLACED", "new"}};
  const auto end = run(std::move(order));
  ::close(open_file);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::istringstream lines(end->output.raw());
  std::string descriptors, blocked_mask, ignored_mask, group, own, variables;
  std::getline(lines, descriptors);
  std::getline(lines, blocked_mask);
  std::getline(lines, ignored_mask);
  std::getline(lines, group);
  std::getline(lines, own);
  std::getline(lines, variables);
  EXPECT_EQ(descriptors, "4");  // three, and the directory that ls reads
  EXPECT_EQ(blocked_mask, "SigBlk:\t0000000000000000");
  // 32 and 33 are the C library's own, which nobody can set.
  EXPECT_EQ(std::stoull(ignored_mask.substr(8), nullptr, 16) & ~0x1'8000'0000ULL, 0u) << ignored_mask;
  EXPECT_EQ(group, own);
  EXPECT_EQ(variables, "-kept-new");
}

TEST_F(Programs, WhatCannotBeRunIsSaidAtOnce) {
  const TestDirectory directory;
  const auto missing = run({.arguments = {directory / "none"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_NE(missing.error().message.find("cannot run " + directory / "none"), std::string::npos);
  std::ofstream(directory / "plain") << "#!/bin/sh\n";
  EXPECT_EQ(run({.arguments = {directory / "plain"}}).error().kind, ErrorKind::permission);
  EXPECT_EQ(run({.arguments = {}}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(run({.arguments = {"cat", std::string("a\0b", 3)}}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(run({.arguments = {"cat"}, .environment = {{"A=B", "c"}}}).error().kind, ErrorKind::invalid);
}

TEST_F(Programs, OneThatClosesItsInputEarlyIsNoError) {
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "exec <&-; sleep 0.05; echo done"}};
  order.input = std::string(1'000'000, 'x');
  const auto end = run(std::move(order));
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->succeeded());
  EXPECT_EQ(end->output.raw(), "done\n");
}

TEST_F(Programs, ADeadlineEndsTheWholeGroup) {
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "sleep 60 & echo $!; wait"}};
  order.deadline = after(Duration::milliseconds(300));
  const auto end = run(std::move(order));
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->timed_out);
  EXPECT_EQ(end->signal, SIGTERM);
  EXPECT_LT(end->run_time, env::kProgramGrace);  // the sleep let go of the pipe
  EXPECT_TRUE(goes_away(std::stoi(end->output.raw())));
}

TEST_F(Programs, OneThatIgnoresTheRequestIsKilled) {
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.1; done"}};
  order.deadline = after(Duration::milliseconds(300));
  const auto end = run(std::move(order));
  EXPECT_TRUE(end->timed_out);
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_GE(end->run_time, env::kProgramGrace);
  EXPECT_TRUE(is_gone(std::stoi(end->output.raw())));
}

TEST_F(Programs, ADaemonThatKeepsThePipeIsNotWaitedFor) {
  const auto end = shell("(while :; do sleep 0.01; echo noise; done) & echo $!");
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->succeeded());
  EXPECT_LT(end->run_time, Duration::seconds(30));
  const pid_t daemon = std::stoi(end->output.raw());
  EXPECT_EQ(::kill(daemon, SIGKILL), 0);  // it lives on: the program ended well
}

env::Task<void> give_up_after(env::Env env, ProgramOrder order, Duration span) {
  auto running = env.programs.run(std::move(order));
  const auto end = co_await env::with_deadline(env.clock, env.clock.now() + span, std::move(running));
  EXPECT_FALSE(end);
}

TEST_F(Programs, ACancelledCallerEndsTheProgram) {
  std::string own;
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "echo $$; exec sleep 60"}};
  order.on_output = [&own](env::ProgramStream, base::Bytes bytes) { own.append(bytes.begin(), bytes.end()); };
  loop_->run(give_up_after(loop_->env(), std::move(order), Duration::milliseconds(300)));
  ASSERT_FALSE(own.empty());
  EXPECT_TRUE(is_gone(std::stoi(own)));
}

env::Task<void> end_when_said(env::Env env, const std::string* said) {
  while (said->empty()) co_await env.clock.sleep_for(Duration::milliseconds(5));
}

TEST_F(Programs, DieWithTheirLoop) {
  std::string own;
  std::optional<Answer> answer;
  ProgramOrder order{.arguments = {"/bin/sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.1; done"}};
  order.on_output = [&own](env::ProgramStream, base::Bytes bytes) { own.append(bytes.begin(), bytes.end()); };
  auto group = std::make_unique<env::TaskGroup>(loop_->env().executor);
  group->spawn(run_into(loop_->env(), std::move(order), &answer));
  loop_->run(end_when_said(loop_->env(), &own));
  group.reset();
  loop_.reset();
  EXPECT_FALSE(answer);
  EXPECT_TRUE(is_gone(std::stoi(own)));
}

env::Task<void> one_too_many(env::Env env) {
  env::TaskGroup group(env.executor);
  std::vector<std::optional<Answer>> answers(env::kMaxPrograms + 1);
  for (auto& answer : answers) group.spawn(run_into(env, {.arguments = {"sleep", "0.2"}}, &answer));
  co_await group.join();
  std::size_t refused = 0;
  for (const auto& answer : answers) refused += !*answer && (*answer).error().kind == ErrorKind::busy ? 1 : 0;
  EXPECT_EQ(refused, 1u);
  const auto again = co_await env.programs.run({.arguments = {"true"}});
  EXPECT_TRUE(again);
}

TEST_F(Programs, AreLimitedInNumber) { loop_->run(one_too_many(loop_->env())); }

}  // namespace
}  // namespace holter::env_linux
