#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"
#include "env/linux/test_namespace.h"

namespace holter::env_linux {
namespace {

using base::Duration;
using base::Endpoint;
using base::IpAddress;
using Family = base::IpAddress::Family;

env::Task<void> echo_once(env::Listener* listener, std::optional<env::PeerCredentials>* credentials) {
  auto stream = co_await listener->accept();
  EXPECT_TRUE(stream) << stream.error().message;
  if (!stream) co_return;
  *credentials = (*stream)->credentials();
  std::vector<std::uint8_t> bytes(100);
  const auto got = co_await (*stream)->read_some(bytes);
  EXPECT_TRUE(got);
  bytes.resize(*got);
  const auto written = co_await (*stream)->write_all(bytes);
  EXPECT_TRUE(written);
}

env::Task<void> talk(env::Env env, env::Listener* listener, std::string path,
                     std::optional<env::PeerCredentials>* credentials) {
  env::TaskGroup group(env.executor);
  group.spawn(echo_once(listener, credentials));
  auto connecting = path.empty() ? env.network.connect(listener->local()) : env.network.connect_local(path);
  auto stream = co_await std::move(connecting);
  EXPECT_TRUE(stream) << stream.error().message;
  if (!stream) co_return;
  const std::vector<std::uint8_t> bytes{1, 2, 3};
  const auto written = co_await (*stream)->write_all(bytes);
  EXPECT_TRUE(written);
  std::vector<std::uint8_t> back(100);
  const auto got = co_await (*stream)->read_some(back);
  EXPECT_EQ(got.has_value() ? *got : 0, 3U);
  co_await group.join();
  const auto end = co_await (*stream)->read_some(back);
  EXPECT_TRUE(!end && end.error().kind == base::ErrorKind::closed);
}

TEST(Streams, EchoOverTcp) {
  TestLog log;
  auto loop = *Loop::create(log);
  for (const Family family : {Family::v4, Family::v6}) {
    auto listener = *loop->env().network.listen({IpAddress::loopback(family), 0});
    EXPECT_NE(listener->local().port, 0);
    std::optional<env::PeerCredentials> credentials;
    loop->run(talk(loop->env(), listener.get(), "", &credentials));
    EXPECT_FALSE(credentials);
  }
}

TEST(Streams, EchoOverAPrivateUnixSocketThatKnowsItsPeer) {
  TestLog log;
  auto loop = *Loop::create(log);
  const std::string path = testing::TempDir() + "holter-" + std::to_string(::getpid()) + ".sock";
  auto listener = *loop->env().network.listen_local(path);
  struct stat status{};
  ASSERT_EQ(::lstat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::optional<env::PeerCredentials> credentials;
  loop->run(talk(loop->env(), listener.get(), path, &credentials));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->process, static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(credentials->user, ::getuid());
  EXPECT_EQ(loop->env().network.listen_local(path).error().kind, base::ErrorKind::busy);
  listener.reset();
  EXPECT_NE(::lstat(path.c_str(), &status), 0);
}

env::Task<void> fail_to_connect(env::Env env, Endpoint to, base::ErrorKind* kind) {
  const auto stream = co_await env.network.connect(to);
  if (!stream) *kind = stream.error().kind;
}

TEST(Streams, ConnectingToNobodyIsRefused) {
  TestLog log;
  auto loop = *Loop::create(log);
  auto listener = *loop->env().network.listen({IpAddress::loopback(Family::v4), 0});
  const Endpoint to = listener->local();
  listener.reset();
  auto kind = base::ErrorKind::io;
  loop->run(fail_to_connect(loop->env(), to, &kind));
  EXPECT_EQ(kind, base::ErrorKind::refused);
}

env::Task<void> accept_one(env::Listener* listener, bool* accepted) {
  const auto stream = co_await listener->accept();
  *accepted = stream.has_value();
}

env::Task<void> accept_in_shortage(env::Env env, env::Listener* listener, bool* accepted) {
  auto stream = co_await env.network.connect(listener->local());
  EXPECT_TRUE(stream);
  std::vector<UniqueFd> all;
  for (UniqueFd fd(::open("/dev/null", O_RDONLY)); fd; fd = UniqueFd(::open("/dev/null", O_RDONLY))) {
    all.push_back(std::move(fd));
  }
  env::TaskGroup group(env.executor);
  group.spawn(accept_one(listener, accepted));
  co_await env.clock.sleep_for(Duration::milliseconds(250));
  EXPECT_FALSE(*accepted);
  all.clear();
  co_await group.join();
}

TEST(Streams, AcceptWaitsWithoutFreeDescriptorsAndSaysSoOnce) {
#ifdef __has_feature
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "UBSan's vptr check opens a pipe, for which this test leaves no descriptor";
#endif
#endif
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &few);
  TestLog log;
  auto loop = *Loop::create(log);
  auto listener = *loop->env().network.listen({IpAddress::loopback(Family::v4), 0});
  bool accepted = false;
  loop->run(accept_in_shortage(loop->env(), listener.get(), &accepted));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(accepted);
  EXPECT_EQ(log.messages.size(), 1U);
}

env::Task<void> resolve_into(env::Env env, std::string name, base::Result<std::vector<IpAddress>>* result) {
  *result = co_await env.network.resolve(name);
}

TEST(Resolve, LiteralsAndLocalNames) {
  TestLog log;
  auto loop = *Loop::create(log);
  base::Result<std::vector<IpAddress>> result = std::vector<IpAddress>();
  loop->run(resolve_into(loop->env(), "192.0.2.7", &result));
  EXPECT_EQ(base::to_string(result->at(0)), "192.0.2.7");
  loop->run(resolve_into(loop->env(), "fe80::1%lo", &result));
  EXPECT_EQ(result->at(0).zone(), 1U);
  loop->run(resolve_into(loop->env(), "localhost", &result));
  EXPECT_TRUE(result->at(0).is_loopback());
  loop->run(resolve_into(loop->env(), "", &result));
  EXPECT_EQ(result.error().kind, base::ErrorKind::invalid);
}

TEST(Host, TellsInterfacesAndEqualCostGateways) {
  const auto outcome = run_in_namespace([] {
    EXPECT_EQ(
        std::system("ip link add left type veth peer name right && ip addr add 192.0.2.2/24 dev left &&"
                    "ip link set left up && ip link set right up &&"
                    "ip route add default metric 50 nexthop via 192.0.2.1 dev left nexthop via 192.0.2.3 dev left &&"
                    "ip route add default via 192.0.2.9 metric 5 && ip -6 route add default via fe80::9 dev left"),
        0);
    TestLog log;
    auto loop = *Loop::create(log);
    const auto gateways = loop->env().host.gateways();
    EXPECT_TRUE(gateways && gateways->size() == 4);
    std::string text;
    for (const auto& gateway : *gateways) {
      const bool v4 = gateway.address.is_v4();
      text += (v4 ? base::to_string(gateway.address) : "v6") + ' ' + gateway.interface + ' ' +
              std::to_string(gateway.metric) + '\n';
      EXPECT_EQ(gateway.address.zone() != 0, !v4);
    }
    EXPECT_EQ(text, "192.0.2.9 left 5\n192.0.2.1 left 50\n192.0.2.3 left 50\nv6 left 1024\n");
    EXPECT_EQ(*loop->env().host.default_interface(), "left");
    const auto interfaces = loop->env().host.interfaces();
    EXPECT_EQ(interfaces->size(), 3U);
    if (interfaces->size() != 3) return;
    EXPECT_TRUE(interfaces->at(0).loopback && interfaces->at(0).up);
    EXPECT_EQ(interfaces->at(2).mac.size(), 17U);
  });
  if (outcome == NamespaceOutcome::not_allowed) GTEST_SKIP() << "the kernel gives no user and network namespace here";
  EXPECT_EQ(outcome, NamespaceOutcome::passed);
}

}  // namespace
}  // namespace holter::env_linux
