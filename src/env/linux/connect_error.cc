#include "env/linux/connect_error.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "env/icmp_words.h"
#include "env/linux/arrival_message.h"

namespace holter::env_linux {
namespace {

constexpr int kMaxKept = 16;

std::optional<env::Arrival> next_error(int fd) {
  std::array<std::uint8_t, 512> quoted;
  alignas(cmsghdr) std::array<std::uint8_t, 512> control;
  sockaddr_storage peer{};
  iovec part{quoted.data(), quoted.size()};
  msghdr message{};
  message.msg_name = &peer;
  message.msg_namelen = sizeof peer;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
  return error_queue_arrival(message, {});
}

}  // namespace

void set_icmp_errors(int fd, base::IpAddress::Family family, IcmpErrors errors) {
  const int on = errors == IcmpErrors::kept ? 1 : 0;
  // Without it the errno still tells the kind of error.
  if (family == base::IpAddress::Family::v4) {
    ::setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  } else {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  }
}

std::optional<base::Error> take_icmp_error(int fd, base::IpAddress::Family family) {
  std::optional<base::Error> newest;
  for (int i = 0; i < kMaxKept; ++i) {
    const auto arrival = next_error(fd);
    if (!arrival) break;
    if (arrival->icmp_type == 0) continue;  // of the own kernel: the errno says it all
    const std::string from = arrival->offender ? " from " + base::to_string(*arrival->offender) : "";
    newest = base::Error{arrival->error,
                         std::string(env::icmp_error_words(family, arrival->icmp_type, arrival->icmp_code)) + from};
  }
  return newest;
}

}  // namespace holter::env_linux
