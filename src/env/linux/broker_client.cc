#include "env/linux/broker_client.h"

#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include "env/linux/broker_process.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

constexpr const char* kBrokerName = "holter-broker";
constexpr int kEndTimeMs = 1'000;

const char* name_of(broker::Want want) {
  switch (want) {
    case broker::Want::hello: return "an answer";
    case broker::Want::packet: return "a packet socket";
    case broker::Want::icmp_v4: return "a raw ICMP socket";
    case broker::Want::icmp_v6: return "a raw ICMPv6 socket";
    case broker::Want::raw_v4: return "a raw IPv4 socket";
    case broker::Want::tcp_v4:
    case broker::Want::tcp_v6: return "a raw TCP socket";
  }
  return "a socket";
}

// Why a broker that runs has no CAP_NET_RAW, and what to do about it.
std::string advice(const std::string& path) {
  const std::string command = "sudo setcap cap_net_raw=ep " + path;
  if (::getxattr(path.c_str(), "security.capability", nullptr, 0) <= 0) {
    return "no capture and no raw sockets: " + path + " has no CAP_NET_RAW; run: " + command;
  }
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
    return "no capture and no raw sockets: " + path +
           " has file capabilities, but this process was started with no_new_privs, which switches them off; start "
           "holter without it";
  }
  return "no capture and no raw sockets: the kernel did not give " + path +
         " the CAP_NET_RAW of its file; is it on a nosuid mount, in a container without CAP_NET_RAW, or set for "
         "another user namespace? Else run: " +
         command;
}

// Why this user may not execute the broker, and what to do about it.
std::string who_may_run(const std::string& path) {
  struct stat status{};
  const bool for_a_group = ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IXGRP | S_IXOTH)) == S_IXGRP;
  const group* allowed = for_a_group ? ::getgrgid(status.st_gid) : nullptr;
  if (allowed == nullptr) return "no capture and no raw sockets: this user may not execute " + path;
  return "no capture and no raw sockets: only the group " + std::string(allowed->gr_name) + " may execute " + path +
         "; to join it: sudo adduser YOU " + allowed->gr_name + ", then log in again";
}

struct Received {
  broker::Reply reply;
  ssize_t size = 0;
  UniqueFd socket;
};

Received receive_reply(int socket) {
  Received received;
  iovec part{&received.reply, sizeof(received.reply)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  // A child that left without reading the request makes the kernel report ECONNRESET, once, before what it had to say.
  do {
    received.size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received.size < 0 && (errno == EINTR || errno == ECONNRESET));
  if (received.size <= 0) return received;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int))) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    received.socket.reset(fd);
  }
  return received;
}

bool answers(const Received& received, const broker::Request& request) {
  const broker::Reply& reply = received.reply;
  return received.size == static_cast<ssize_t>(sizeof(reply)) && reply.magic == broker::kMagic &&
         reply.version == broker::kProtocolVersion && reply.want == request.want && reply.number == request.number;
}

}  // namespace

base::Result<std::string> find_broker() {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink("/proc/self/exe", target.data(), target.size());
  if (size <= 0) return os_error("cannot find holter-broker without /proc/self/exe", errno);
  std::string directory(target.data(), static_cast<std::size_t>(size));
  directory.resize(directory.rfind('/') + 1);
  const std::string beside = directory + kBrokerName;
  const std::string installed = std::filesystem::path(directory + "../lib/holter/" + kBrokerName).lexically_normal();
  for (const std::string& path : {beside, installed}) {
    if (::access(path.c_str(), F_OK) == 0) return path;
  }
  return base::Error{base::ErrorKind::not_found, "no capture and no raw sockets: there is neither " + beside + " nor " +
                                                     installed +
                                                     "; install holter-broker there and start holter again"};
}

BrokerClient::BrokerClient(std::string path, UniqueFd socket, pid_t pid)
    : path_(std::move(path)), socket_(std::move(socket)), pid_(pid) {}

BrokerClient::~BrokerClient() {
  socket_.reset();
  end_child(pid_, kEndTimeMs);
}

base::Result<std::unique_ptr<BrokerClient>> BrokerClient::start(const std::string& path) {
  auto child = start_broker(path);
  if (!child) return child.error();
  std::unique_ptr<BrokerClient> client(new BrokerClient(path, std::move(child->socket), child->pid));
  if (const auto greeted = client->ask(broker::Want::hello); !greeted) return greeted.error();
  return client;
}

base::Result<UniqueFd> BrokerClient::open_icmp(base::IpAddress::Family family) {
  return ask(family == base::IpAddress::Family::v4 ? broker::Want::icmp_v4 : broker::Want::icmp_v6);
}

base::Result<UniqueFd> BrokerClient::open_raw_v4() { return ask(broker::Want::raw_v4); }

base::Result<UniqueFd> BrokerClient::open_tcp(base::IpAddress::Family family) {
  return ask(family == base::IpAddress::Family::v4 ? broker::Want::tcp_v4 : broker::Want::tcp_v6);
}

base::Result<UniqueFd> BrokerClient::open_packet() { return ask(broker::Want::packet); }

base::Result<UniqueFd> BrokerClient::ask(broker::Want want) {
  const std::lock_guard lock(mutex_);
  broker::Request request;
  request.want = want;
  request.number = ++last_number_;
  const base::Error gone{base::ErrorKind::closed,
                         path_ + " has ended: no more raw sockets until holter is started again"};
  if (!socket_) return gone;
  // A broker that could not start has left its reason in the socket, so a failed send is followed by a look there.
  ::send(socket_.get(), &request, sizeof(request), MSG_NOSIGNAL);
  Received received = receive_reply(socket_.get());
  if (received.size > 0 && received.reply.step == broker::Step::execute) return refusal(received.reply);
  if (received.size < 0 && errno == EAGAIN) {
    socket_.reset();
    return base::Error{base::ErrorKind::timeout,
                       path_ + " did not answer within " + base::to_string(kBrokerAnswerTime) + " and is given up"};
  }
  if (!answers(received, request)) {
    const bool ended = received.size <= 0;
    socket_.reset();
    if (ended) return gone;
    return base::Error{base::ErrorKind::unsupported,
                       path_ + " speaks another protocol: it is not of the same build as this holter"};
  }
  if (received.reply.error != 0) return refusal(received.reply);
  if (want != broker::Want::hello && !received.socket) {
    return os_error(path_ + " opened " + name_of(want) + " that could not be received", EMFILE);
  }
  return std::move(received.socket);
}

base::Error BrokerClient::refusal(const broker::Reply& reply) const {
  switch (reply.step) {
    case broker::Step::execute:
      if (reply.error == EPERM) return {base::ErrorKind::permission, advice(path_)};
      if (reply.error == EACCES) return {base::ErrorKind::permission, who_may_run(path_)};
      return os_error("cannot run " + path_, reply.error);
    case broker::Step::capability: return {base::ErrorKind::permission, advice(path_)};
    default: return os_error(path_ + " cannot open " + name_of(reply.want), reply.error);
  }
}

}  // namespace holter::env_linux
