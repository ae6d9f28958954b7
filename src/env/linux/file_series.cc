#include "env/linux/file_series.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>

#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

struct Request {
  std::uint32_t number = 0;
  std::int64_t first = 0;  // nanoseconds
};

// With a descriptor when `kind` is `none`.
struct Reply {
  static constexpr std::uint32_t kDone = ~0U;
  std::uint32_t kind = kDone;
  std::array<char, 500> message{};  // of the error, up to a zero
};

Reply reply_of(const base::Error& error) {
  Reply reply;
  reply.kind = static_cast<std::uint32_t>(error.kind);
  error.message.copy(reply.message.data(), reply.message.size() - 1);
  return reply;
}

void send_reply(int socket, const Reply& reply, int descriptor) {
  iovec part{const_cast<Reply*>(&reply), sizeof(reply)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof(descriptor));
  }
  ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

UniqueFd receive_reply(int socket, Reply& reply) {
  iovec part{&reply, sizeof(reply)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = 0;
  do {
    size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  UniqueFd descriptor;
  const cmsghdr* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof(number));
    descriptor.reset(number);
  }
  if (size != static_cast<ssize_t>(sizeof(reply))) {
    reply = reply_of({base::ErrorKind::closed, "the process that opens the files has ended; start holter again"});
  }
  reply.message.back() = '\0';
  return descriptor;
}

// Of root it keeps what opens a file in anybody's directory and gives it to whom it belongs.
void keep_what_files_need() {
  if (::geteuid() != 0) return;
  capng_clear(CAPNG_SELECT_BOTH);
  capng_updatev(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_DAC_OVERRIDE, CAP_CHOWN,
                -1);
  capng_apply(CAPNG_SELECT_BOTH);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

[[noreturn]] void serve(int socket, const FileSeriesOptions& options) {
  // The end of the parent is its end; what a terminal sends to both is the parent's business.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1}) ::signal(number, SIG_IGN);
  keep_what_files_need();
  std::deque<std::string> made;
  Request request;
  while (::recv(socket, &request, sizeof(request), 0) == static_cast<ssize_t>(sizeof(request))) {
    const std::string name = series_name(options.path, request.number, base::WallTime::from_nanoseconds(request.first));
    auto file = open_file(name, options.existing);
    if (!file) {
      send_reply(socket, reply_of(file.error()), -1);
      continue;
    }
    send_reply(socket, {}, file->get());
    made.push_back(name);
    for (; options.keep != 0 && made.size() > options.keep; made.pop_front()) ::unlink(made.front().c_str());
  }
  ::_exit(0);
}

}  // namespace

std::string series_name(const std::string& path, std::uint32_t number, base::WallTime first) {
  std::string stamp = base::to_string(first, 0);
  std::erase_if(stamp, [](char letter) { return letter == '-' || letter == ':'; });
  const std::size_t name = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
  const std::size_t dot = path.rfind('.');
  const std::size_t stem = dot == std::string::npos || dot <= name ? path.size() : dot;
  return fmt::format("{}_{:05}_{}{}", path.substr(0, stem), number, stamp, path.substr(stem));
}

base::Result<std::unique_ptr<FileSeries>> FileSeries::start(FileSeriesOptions options) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return os_error("cannot start the process that opens files", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return os_error("cannot start the process that opens files", errno);
  if (pid == 0) {
    ours.reset();
    serve(theirs.get(), options);
  }
  return std::unique_ptr<FileSeries>(new FileSeries(std::move(options), std::move(ours), pid));
}

FileSeries::~FileSeries() {
  socket_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

base::Result<env::OutputStream*> FileSeries::next(base::WallTime first) {
  current_.reset();
  const Request request{++number_, first.in_nanoseconds()};
  ::send(socket_.get(), &request, sizeof(request), MSG_NOSIGNAL);
  Reply reply;
  UniqueFd file = receive_reply(socket_.get(), reply);
  if (!file) return base::Error{static_cast<base::ErrorKind>(reply.kind), reply.message.data()};
  current_ = output_to(series_name(options_.path, number_, first), std::move(file));
  return current_.get();
}

}  // namespace holter::env_linux
