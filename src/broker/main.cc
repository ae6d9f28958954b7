// holter-broker FD: the one process of holter that holds a capability, and therefore one that parses nothing but eight
// bytes from its parent. It opens raw sockets, passes them over the inherited socket FD and ends with it.
// What it may do and what its parent can still do with a passed socket: docs/security.md.
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/broker_protocol.h"
#include "broker/sandbox.h"

namespace holter::broker {
namespace {

constexpr int kExitUsage = 64;
constexpr int kExitSoftware = 70;
constexpr int kFirstFd = 3;  // not one of the standard three

// The descriptor named by `text` if it is a SOCK_SEQPACKET Unix socket, else -1.
int parse_socket(const char* text) {
  char* end = nullptr;
  const long fd = ::strtol(text, &end, 10);
  if (end == text || *end != '\0' || fd < kFirstFd || fd > INT_MAX) return -1;
  int domain = 0;
  int type = 0;
  socklen_t size = sizeof(int);
  const int socket = static_cast<int>(fd);
  if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX) return -1;
  if (::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) return -1;
  return socket;
}

int close_all_but(int socket) {
  if (socket > kFirstFd && ::close_range(kFirstFd, static_cast<unsigned>(socket) - 1, 0) != 0) return errno;
  return ::close_range(static_cast<unsigned>(socket) + 1, UINT_MAX, 0) == 0 ? 0 : errno;
}

int open_socket(Want want) {
  const int type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
  switch (want) {
    case Want::packet: return ::socket(AF_PACKET, type, 0);
    case Want::icmp_v4: return ::socket(AF_INET, type, IPPROTO_ICMP);
    case Want::icmp_v6: return ::socket(AF_INET6, type, IPPROTO_ICMPV6);
    case Want::raw_v4: return ::socket(AF_INET, type, IPPROTO_RAW);
    case Want::tcp_v4: return ::socket(AF_INET, type, IPPROTO_TCP);
    case Want::tcp_v6: return ::socket(AF_INET6, type, IPPROTO_TCP);
    case Want::hello: break;
  }
  errno = EPROTO;
  return -1;
}

// False when the parent is gone. `opened` is passed along when it is a descriptor.
bool send_reply(int socket, const Reply& reply, int opened) {
  Reply bytes = reply;
  iovec part{&bytes, sizeof(bytes)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (opened >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    ::memcpy(CMSG_DATA(header), &opened, sizeof(int));
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof(bytes));
}

bool understood(const Request& request, ssize_t size) {
  return size == static_cast<ssize_t>(sizeof(request)) && request.magic == kMagic &&
         request.version == kProtocolVersion && request.reserved == 0 &&
         static_cast<uint8_t>(request.want) <= static_cast<uint8_t>(Want::tcp_v6);
}

bool answer(int socket, const Request& request, bool has_net_raw) {
  Reply reply;
  reply.want = request.want;
  reply.number = request.number;
  if (!has_net_raw) {
    reply.step = Step::capability;
    reply.error = EPERM;
    return send_reply(socket, reply, -1);
  }
  if (request.want == Want::hello) return send_reply(socket, reply, -1);
  const int opened = open_socket(request.want);
  if (opened < 0) {
    reply.step = Step::open;
    reply.error = errno;
  }
  const bool sent = send_reply(socket, reply, opened);
  if (opened >= 0) ::close(opened);
  return sent;
}

// Until the parent closes its end.
void serve(int socket, bool has_net_raw) {
  for (;;) {
    Request request;
    // MSG_TRUNC: the true size, so that a longer datagram is refused. Descriptors sent along are never received.
    const ssize_t size = ::recv(socket, &request, sizeof(request), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    if (!understood(request, size)) {
      Reply refusal;
      refusal.step = Step::understand;
      refusal.error = EPROTO;
      if (!send_reply(socket, refusal, -1)) return;
      continue;
    }
    if (!answer(socket, request, has_net_raw)) return;
  }
}

int run(int argc, char** argv) {
  const int socket = argc == 2 ? parse_socket(argv[1]) : -1;
  if (socket < 0) {
    ::fputs("holter-broker is started by holter, with a socket to it; it does nothing by itself.\n", stderr);
    return kExitUsage;
  }
  ::clearenv();
  ::umask(077);
  bool has_net_raw = false;
  int error = close_all_but(socket);
  if (error == 0) error = keep_only_net_raw(has_net_raw);
  if (error == 0) error = confine();
  if (error != 0) {
    ::fprintf(stderr, "holter-broker: cannot give up what it does not need: %s\n", ::strerror(error));
    return kExitSoftware;
  }
  serve(socket, has_net_raw);
  return 0;
}

}  // namespace
}  // namespace holter::broker

// Straight to the kernel: an ordinary exit runs what libraries registered, and the filter would kill it for that.
int main(int argc, char** argv) { ::syscall(SYS_exit_group, holter::broker::run(argc, argv)); }
