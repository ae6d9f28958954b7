#include "env/linux/broker_client.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cstring>
#include <filesystem>

#include "env/linux/broker_process.h"
#include "env/linux/identity.h"
#include "env/linux/privileges.h"
#include "env/linux/process_status.h"
#include "env/linux/test_directory.h"
#include "env/linux/test_namespace.h"
#include "env/linux/test_skip.h"

namespace holter::env_linux {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

constexpr std::uint64_t kNetRawAlone = std::uint64_t{1} << CAP_NET_RAW;

int option(const UniqueFd& socket, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  ::getsockopt(socket.get(), SOL_SOCKET, name, &value, &size);
  return value;
}

void expect_raw_socket(const base::Result<UniqueFd>& socket, int domain, int protocol) {
  ASSERT_TRUE(socket) << to_string(socket.error());
  EXPECT_EQ(option(*socket, SO_DOMAIN), domain);
  EXPECT_EQ(option(*socket, SO_TYPE), SOCK_RAW);
  EXPECT_EQ(option(*socket, SO_PROTOCOL), protocol);
  EXPECT_EQ(::fcntl(socket->get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(::fcntl(socket->get(), F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

void expect_confined(pid_t broker) {
  const auto power = process_power(broker);
  ASSERT_TRUE(power);
  EXPECT_EQ(power->permitted, kNetRawAlone);
  EXPECT_EQ(power->effective, kNetRawAlone);
  EXPECT_EQ(power->inheritable | power->ambient, 0U);
  EXPECT_TRUE(power->no_new_privileges);
  EXPECT_TRUE(power->seccomp);
}

void expect_all_sockets(BrokerClient& client) {
  expect_raw_socket(client.open_packet(), AF_PACKET, 0);
  expect_raw_socket(client.open_icmp(base::IpAddress::Family::v4), AF_INET, IPPROTO_ICMP);
  expect_raw_socket(client.open_icmp(base::IpAddress::Family::v6), AF_INET6, IPPROTO_ICMPV6);
  expect_raw_socket(client.open_raw_v4(), AF_INET, IPPROTO_RAW);
  expect_raw_socket(client.open_tcp(base::IpAddress::Family::v4), AF_INET, IPPROTO_TCP);
  expect_raw_socket(client.open_tcp(base::IpAddress::Family::v6), AF_INET6, IPPROTO_TCP);
}

// Runs `body` in a child that root gave a network of its own; the body reports with EXPECT_*.
template <class Body>
bool run_as_root_in_own_network(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(2);
    body();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void become_nobody() {
  ASSERT_EQ(::setresgid(kNobody, kNobody, kNobody), 0);
  ASSERT_EQ(::setresuid(kNobody, kNobody, kNobody), 0);
}

TEST(BrokerClient, GetsSocketsInANamespaceAndKeepsNoCapability) {
  const TestDirectory directory;
  HOLTER_EXPECT_PASSED(run_in_namespace([&] {
    auto client = BrokerClient::start(HOLTER_BROKER);
    ASSERT_TRUE(client) << to_string(client.error());
    ASSERT_TRUE(drop_privileges(directory / "data"));
    EXPECT_EQ(*no_capabilities(::getpid()), true);
    EXPECT_EQ(::socket(AF_PACKET, SOCK_RAW, 0), -1) << "the holder opens one by itself";
    expect_confined((*client)->pid());
    expect_all_sockets(**client);
  }));
}

TEST(BrokerClient, StartedByRootLeavesRoot) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root");
  const TestDirectory directory;
  EXPECT_TRUE(run_as_root_in_own_network([&] {
    auto client = BrokerClient::start(HOLTER_BROKER);
    ASSERT_TRUE(client) << to_string(client.error());
    ASSERT_TRUE(drop_privileges(directory / "data"));
    EXPECT_EQ(*no_capabilities(::getpid()), true);
    EXPECT_NE(::geteuid(), 0U);
    expect_confined((*client)->pid());
    EXPECT_EQ(process_power((*client)->pid())->user, kNobody);
    EXPECT_EQ(process_power((*client)->pid())->bounding, 0U);
    expect_all_sockets(**client);
  }));
}

TEST(BrokerClient, WorksByFileCapabilitiesForAnOrdinaryUser) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root, to give a file capabilities");
  const TestDirectory directory;
  const std::string broker = directory / "holter-broker";
  std::filesystem::copy_file(HOLTER_BROKER, broker);
  {
    const UniqueFd file(::open(broker.c_str(), O_RDONLY | O_CLOEXEC));
    capng_clear(CAPNG_SELECT_BOTH);
    capng_updatev(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_RAW, -1);
    ASSERT_EQ(capng_apply_caps_fd(file.get()), 0);
  }
  EXPECT_TRUE(run_as_root_in_own_network([&] {
    become_nobody();
    auto client = BrokerClient::start(broker);
    ASSERT_TRUE(client) << to_string(client.error());
    expect_confined((*client)->pid());
    expect_all_sockets(**client);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const auto late = BrokerClient::start(broker);
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().message, HasSubstr("no_new_privs"));
  }));
}

TEST(BrokerClient, SaysWhatToDoWithoutAnyPrivilege) {
  const TestDirectory directory;
  const std::string broker = directory / "holter-broker";
  std::filesystem::copy_file(HOLTER_BROKER, broker);
  const auto body = [&] {
    if (::geteuid() == 0) become_nobody();
    const auto client = BrokerClient::start(broker);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().kind, ErrorKind::permission);
    EXPECT_THAT(client.error().message, HasSubstr("sudo setcap cap_net_raw=ep " + broker));
  };
  if (::geteuid() == 0) {
    EXPECT_TRUE(run_as_root_in_own_network(body));
  } else {
    body();
  }
}

TEST(BrokerClient, NamesTheGroupThatMayExecuteIt) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root, to be somebody else than the owner");
  const TestDirectory directory;
  const std::string broker = directory / "holter-broker";
  std::filesystem::copy_file(HOLTER_BROKER, broker);
  ASSERT_EQ(::chmod(broker.c_str(), 0750), 0);
  EXPECT_TRUE(run_as_root_in_own_network([&] {
    become_nobody();
    const auto client = BrokerClient::start(broker);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().kind, ErrorKind::permission);
    EXPECT_EQ(client.error().message, "no capture and no raw sockets: only the group root may execute " + broker +
                                          "; to join it: sudo adduser YOU root, then log in again");
  }));
}

// As a unit with AmbientCapabilities=CAP_NET_RAW and NoNewPrivileges=yes starts it.
TEST(BrokerClient, TakesOverAnAmbientCapabilityThatHolterThenGivesUp) {
  if (::geteuid() != 0) HOLTER_SKIP("needs root, to hand a capability to another user");
  const TestDirectory directory;
  ASSERT_EQ(::chmod((directory / "").c_str(), 0777), 0);
  EXPECT_TRUE(run_as_root_in_own_network([&] {
    ASSERT_EQ(::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), 0);
    become_nobody();
    capng_clear(CAPNG_SELECT_CAPS);
    const int both = CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE;
    capng_updatev(CAPNG_ADD, static_cast<capng_type_t>(both), CAP_NET_RAW, -1);
    ASSERT_EQ(capng_apply(CAPNG_SELECT_CAPS), 0);
    ASSERT_EQ(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0), 0);
    ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);

    auto client = BrokerClient::start(HOLTER_BROKER);
    ASSERT_TRUE(client) << to_string(client.error());
    ASSERT_TRUE(drop_privileges(directory / "", ""));
    const auto power = process_power(::getpid());
    ASSERT_TRUE(power);
    EXPECT_TRUE(power->none());
    expect_confined((*client)->pid());
    expect_all_sockets(**client);
  }));
}

TEST(BrokerClient, NamesAMissingBroker) {
  const auto client = BrokerClient::start("/nowhere/holter-broker");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::not_found);
  EXPECT_THAT(client.error().message, HasSubstr("/nowhere/holter-broker"));
}

TEST(BrokerClient, SaysSoWhenTheBrokerHasEnded) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    auto client = BrokerClient::start(HOLTER_BROKER);
    ASSERT_TRUE(client) << to_string(client.error());
    ::kill((*client)->pid(), SIGKILL);
    ::waitpid((*client)->pid(), nullptr, WNOWAIT);
    EXPECT_EQ((*client)->open_packet().error().kind, ErrorKind::closed);
    EXPECT_EQ((*client)->open_packet().error().kind, ErrorKind::closed);
  }));
}

// One datagram to the broker and its answer.
broker::Reply answer_to(const UniqueFd& socket, const void* bytes, std::size_t size) {
  broker::Reply reply;
  reply.step = broker::Step::done;
  EXPECT_EQ(::send(socket.get(), bytes, size, 0), static_cast<ssize_t>(size));
  EXPECT_EQ(::recv(socket.get(), &reply, sizeof(reply), 0), static_cast<ssize_t>(sizeof(reply)));
  return reply;
}

void expect_refused(const UniqueFd& socket, const void* bytes, std::size_t size) {
  const auto reply = answer_to(socket, bytes, size);
  EXPECT_EQ(reply.step, broker::Step::understand);
  EXPECT_EQ(reply.error, EPROTO);
}

TEST(Broker, RefusesWhatIsNotARequestAndGoesOn) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    auto child = start_broker(HOLTER_BROKER);
    ASSERT_TRUE(child);
    const std::array<char, 4'096> noise{};
    for (const std::size_t size : {1, 7, 8, 9, 16, 4'096}) expect_refused(child->socket, noise.data(), size);
    for (std::size_t byte = 0; byte < 4; ++byte) {
      broker::Request request;
      reinterpret_cast<unsigned char*>(&request)[byte] = 0x7f;
      expect_refused(child->socket, &request, sizeof(request));
    }
    broker::Request request;
    request.number = 7;
    const auto reply = answer_to(child->socket, &request, sizeof(request));
    EXPECT_EQ(reply.error, 0);
    EXPECT_EQ(reply.number, 7U);
    child->socket.reset();
    int status = -1;
    EXPECT_EQ(::waitpid(child->pid, &status, 0), child->pid);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }));
}

}  // namespace
}  // namespace holter::env_linux
