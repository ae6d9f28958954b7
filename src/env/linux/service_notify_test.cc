#include "env/linux/service_notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>

#include "env/linux/test_directory.h"

namespace holter::env_linux {
namespace {

// What a service systemd binds; `name` as in NOTIFY_SOCKET.
UniqueFd listen_at(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  std::size_t size = sizeof address;
  if (name.starts_with('@')) {
    address.sun_path[0] = '\0';
    size = offsetof(sockaddr_un, sun_path) + name.size();
  }
  UniqueFd made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  EXPECT_EQ(::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)), 0) << name;
  return made;
}

// The next datagram; "" when there is none.
std::string heard(const UniqueFd& socket) {
  std::array<char, 512> buffer{};
  const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
  return size < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(size));
}

class Notify : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  const TestDirectory directory_;
  const std::string path_ = directory_ / "notify";
};

TEST_F(Notify, SaysReadyAliveAndStopping) {
  const UniqueFd systemd = listen_at(path_);
  ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  ServiceNotify service = ServiceNotify::from_environment();
  ASSERT_TRUE(service.is_heard());
  EXPECT_FALSE(service.watchdog_interval());
  service.ready("page http://127.0.0.1:4280/");
  service.alive();
  service.stopping();
  EXPECT_EQ(heard(systemd), "READY=1\nSTATUS=page http://127.0.0.1:4280/");
  EXPECT_EQ(heard(systemd), "WATCHDOG=1");
  EXPECT_EQ(heard(systemd), "STOPPING=1");
  EXPECT_EQ(heard(systemd), "");
}

TEST_F(Notify, KnowsAbstractNames) {
  const std::string name = "@holter-notify-test-" + std::to_string(::getpid());
  const UniqueFd systemd = listen_at(name);
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  ServiceNotify service = ServiceNotify::from_environment();
  service.stopping();
  EXPECT_EQ(heard(systemd), "STOPPING=1");
}

TEST_F(Notify, AStatusAddsNoLine) {
  const UniqueFd systemd = listen_at(path_);
  ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  ServiceNotify service = ServiceNotify::from_environment();
  service.ready("page\nMAINPID=1");
  EXPECT_EQ(heard(systemd), "READY=1\nSTATUS=page");
}

TEST_F(Notify, HalfOfTheManagersPatienceWhenItIsForThisProcess) {
  const UniqueFd systemd = listen_at(path_);
  ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(ServiceNotify::from_environment().watchdog_interval(), base::Duration::seconds(15));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(ServiceNotify::from_environment().watchdog_interval(), base::Duration::seconds(15));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceNotify::from_environment().watchdog_interval());
  ::unsetenv("WATCHDOG_PID");
  for (const char* nonsense : {"", "0", "-5", "soon", "30000000x", "99999999999999999999"}) {
    ::setenv("WATCHDOG_USEC", nonsense, 1);
    EXPECT_FALSE(ServiceNotify::from_environment().watchdog_interval()) << nonsense;
  }
}

TEST_F(Notify, WithoutSystemdNothingHappens) {
  const std::string too_long(200, 'x');
  for (const std::string& name : {std::string(), std::string("relative"), directory_ / "nobody", "/" + too_long}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    ServiceNotify service = ServiceNotify::from_environment();
    EXPECT_FALSE(service.is_heard()) << name;
    EXPECT_FALSE(service.watchdog_interval());
    service.ready("page");
    service.alive();
    service.stopping();
  }
}

TEST_F(Notify, ASystemdThatIsGoneHoldsNothingUp) {
  UniqueFd systemd = listen_at(path_);
  ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  ServiceNotify service = ServiceNotify::from_environment();
  systemd.reset();
  service.alive();
  EXPECT_TRUE(service.is_heard());
}

}  // namespace
}  // namespace holter::env_linux
