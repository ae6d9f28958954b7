#include "env/linux/service_notify.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace holter::env_linux {
namespace {

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

std::optional<std::int64_t> number_in(const char* name) {
  const std::string text = variable(name);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

UniqueFd connect_to(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool is_abstract = name.starts_with('@');
  if ((!is_abstract && !name.starts_with('/')) || name.size() >= sizeof address.sun_path) return {};
  name.copy(address.sun_path, name.size());
  if (is_abstract) address.sun_path[0] = '\0';
  // An abstract name ends with its length, a path with a zero.
  const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1);

  UniqueFd made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const timeval limit{kNotifyTime.in_milliseconds() / 1'000, 0};
  if (!made || ::setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) return {};
  if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)) != 0) return {};
  return made;
}

}  // namespace

ServiceNotify::ServiceNotify() = default;
ServiceNotify::ServiceNotify(ServiceNotify&& other) noexcept = default;
ServiceNotify& ServiceNotify::operator=(ServiceNotify&& other) noexcept = default;
ServiceNotify::~ServiceNotify() = default;

ServiceNotify ServiceNotify::from_environment() {
  ServiceNotify made;
  if (const std::string name = variable("NOTIFY_SOCKET"); !name.empty()) made.socket_ = connect_to(name);
  const auto pid = number_in("WATCHDOG_PID");
  const auto patience = number_in("WATCHDOG_USEC");
  if (made.socket_ && patience && (!pid || *pid == ::getpid())) {
    made.watchdog_ = base::Duration::microseconds(*patience) / 2;
  }
  return made;
}

void ServiceNotify::ready(const std::string& status) {
  const auto control = std::ranges::find_if(status, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  send("READY=1\nSTATUS=" + std::string(status.begin(), control));
}

void ServiceNotify::stopping() { send("STOPPING=1"); }

void ServiceNotify::alive() { send("WATCHDOG=1"); }

void ServiceNotify::send(const std::string& text) {
  if (socket_) ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace holter::env_linux
