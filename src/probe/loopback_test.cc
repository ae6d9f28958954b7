// The probers over the real kernel's loopback: echoes by the unprivileged ping socket in a network namespace of the
// test's own, DNS questions to a responder of the test's own.
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "probe/dns/prober.h"
#include "probe/expectation.h"
#include "probe/icmp/prober.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;

const Expectations kAnything;  // of a plan that expects nothing

bool write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

// Why there is no network of our own with ping sockets; empty when there is one.
std::string enter_own_network() {
  const std::string user = std::to_string(geteuid());
  const std::string group = std::to_string(getegid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + user + " 1");
    write_file("/proc/self/gid_map", "0 " + group + " 1");
  } else if (unshare(CLONE_NEWNET) != 0) {
    return std::string("no network namespace: ") + std::strerror(errno);
  }
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool up = ioctl(socket, SIOCSIFFLAGS, &loopback) == 0;
  close(socket);
  if (!up) return std::string("the loopback interface does not come up: ") + std::strerror(errno);
  if (!write_file("/proc/sys/net/ipv4/ping_group_range", "0 0\n")) return "ping_group_range cannot be written";
  return {};
}

// The kernel begins to stamp what arrives a moment after somebody wants it: at least one socket of the loop then does.
env::Task<void> until_stamped(env::Env env) {
  env::DatagramOptions options;
  options.local = {base::IpAddress::loopback(base::IpAddress::Family::v4), 0};
  options.stamps = true;
  auto socket = env.network.open_datagram(options).value();
  const std::vector<std::uint8_t> bytes = {1};
  for (int tries = 0; tries < 500; ++tries) {
    (void)socket->send(socket->local(), bytes);
    co_await env.clock.sleep_for(Duration::milliseconds(10));
    std::vector<env::Arrival> arrivals;
    (void)co_await socket->receive(arrivals, 8);
    for (const auto& arrival : arrivals) {
      if (arrival.kind != env::Arrival::Kind::transmitted && arrival.stamp) co_return;
    }
  }
}

env::Task<void> echo_each(env::Env env, std::vector<std::string> targets, std::vector<record::ProbeResult>* results) {
  co_await until_stamped(env);
  Announcer announcer(env.clock);
  EchoEngine engine(env, announcer);
  EXPECT_EQ(engine.describe(), "unprivileged");
  for (const auto& target : targets) {
    record::ProbePlan plan;
    plan.name = target;
    plan.target = target;
    plan.timeout = Duration::seconds(5);
    auto result = co_await engine.probe(std::move(plan));
    results->push_back(std::move(result));
  }
  co_await engine.stop();
}

// In a child process: nothing, or what is wrong, or "skip: why".
std::string echo_in_own_network() {
  if (const auto why = enter_own_network(); !why.empty()) return "skip: " + why;
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) return to_string(loop.error());
  std::vector<record::ProbeResult> results;
  (*loop)->run(echo_each((*loop)->env(), {"127.0.0.1", "::1", "localhost", "192.0.2.1", "127.0.0.77"}, &results));
  std::string wrong;
  for (const auto& result : results) {
    const bool no_route = result.probe == "192.0.2.1";
    const std::string seen = result.probe + ": " + std::string(to_string(result.outcome)) + " in " +
                             std::string(to_string(result.failed_in)) + ' ' + result.detail.raw() + '\n';
    if (no_route && (result.outcome != Outcome::unreachable || result.failed_in != record::Phase::connect))
      wrong += seen;
    if (no_route) continue;
    const bool sensible = result.rtt && *result.rtt > Duration::zero() && *result.rtt < Duration::seconds(5);
    if (result.outcome != Outcome::ok || !sensible || !result.kernel_stamped || result.address.empty()) wrong += seen;
  }
  return results.size() == 5 ? wrong : "not every probe ended";
}

TEST(Loopback, EchoesGoByThePingSocketAndAreStampedByTheKernel) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(ends[0]);
    const std::string text = echo_in_own_network() + (testing::Test::HasFailure() ? "an expectation failed" : "");
    const ssize_t written = write(ends[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t n = 0; (n = read(ends[0], part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child died: " << status;
  if (text.starts_with("skip: ") && std::getenv("HOLTER_NO_SKIP") == nullptr) GTEST_SKIP() << text.substr(6);
  EXPECT_EQ(text, "");
}

// Answers one question with NXDOMAIN after sending a forgery with another id.
env::Task<void> respond_once(std::unique_ptr<env::DatagramSocket> socket) {
  std::vector<env::Arrival> arrivals;
  const auto received = co_await socket->receive(arrivals, 1);
  if (!received) co_return;
  auto answer = arrivals.at(0).data;
  answer.at(2) = 0x81;
  answer.at(3) = 0x83;
  auto forgery = answer;
  forgery.at(0) ^= 1;
  (void)socket->send(arrivals[0].peer, forgery);
  (void)socket->send(arrivals[0].peer, answer);
}

env::Task<void> ask(env::Env env, base::IpAddress::Family family, bool answered, record::ProbeResult* result) {
  co_await until_stamped(env);
  env::DatagramOptions options;
  options.local = {base::IpAddress::loopback(family), 0};
  auto socket = env.network.open_datagram(options).value();
  record::ProbePlan plan;
  plan.name = "resolver";
  plan.kind = record::ProbeKind::dns;
  plan.target = to_string(socket->local());
  plan.query = "nowhere.example";
  plan.timeout = Duration::seconds(5);
  env::TaskGroup group(env.executor);
  if (answered) group.spawn(respond_once(std::move(socket)));
  socket.reset();
  DnsSockets sockets(env);
  auto got = co_await probe_dns(env, sockets, std::move(plan), kAnything);
  *result = std::move(got);
  co_await group.stop();
}

TEST(Loopback, QuestionsAreAnsweredAndStampedByTheKernelOnBothFamilies) {
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  for (const auto family : {base::IpAddress::Family::v4, base::IpAddress::Family::v6}) {
    auto loop = env_linux::Loop::create(*log).value();
    record::ProbeResult answered;
    loop->run(ask(loop->env(), family, true, &answered));
    EXPECT_EQ(answered.outcome, Outcome::ok) << answered.detail.raw();
    EXPECT_EQ(answered.detail.raw(), "NXDOMAIN");
    EXPECT_TRUE(answered.kernel_stamped);
    EXPECT_GT(*answered.rtt, Duration::zero());
    record::ProbeResult refused;
    loop->run(ask(loop->env(), family, false, &refused));
    EXPECT_EQ(refused.outcome, Outcome::refused);
    EXPECT_TRUE(refused.detail.raw().starts_with("port unreachable from ")) << refused.detail.raw();
  }
}

}  // namespace
}  // namespace holter::probe
