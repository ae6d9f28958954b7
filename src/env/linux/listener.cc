#include "env/linux/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "env/linux/byte_stream.h"
#include "env/linux/cancellation.h"
#include "env/linux/os_error.h"
#include "env/linux/port_owner.h"
#include "env/linux/socket_address.h"
#include "env/linux/unix_address.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

using StreamResult = base::Result<std::unique_ptr<env::ByteStream>>;

constexpr mode_t kSocketMode = 0600;
// After so many accepts that found a peer waiting, let the loop's other tasks run.
constexpr int kAcceptsPerTurn = 16;

// The file of a Unix listener, known by its inode so that a successor's file is never removed.
struct SocketFile {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

struct Core {
  explicit Core(ListenerSurroundings a) : around(a), descriptor(around.executor) {}
  ListenerSurroundings around;
  asio::posix::stream_descriptor descriptor;
  int accepts = 0;
  bool short_of_descriptors = false;
};

bool is_shortage(int code) { return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM; }

env::Task<void> wait_for_descriptors(std::shared_ptr<Core> core, int code) {
  if (!core->short_of_descriptors) {
    core->around.log.warn("network", "cannot accept connections for now", {{"cause", os_error("accept", code)}});
  }
  core->short_of_descriptors = true;
  co_await core->around.clock.sleep_for(kAcceptPause);
}

env::Task<void> wait_for_peer(std::shared_ptr<Core> core) {
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await core->descriptor.async_wait(asio::posix::descriptor_base::wait_read, std::move(token));
  co_await unwind_if_cancelled();
}

env::Task<StreamResult> accept_from(std::shared_ptr<Core> core) {
  if (++core->accepts % kAcceptsPerTurn == 0) co_await asio::post(core->around.executor, asio::use_awaitable);
  while (core->descriptor.is_open()) {
    UniqueFd fd(::accept4(core->descriptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int code = errno;
    if (fd) {
      core->short_of_descriptors = false;
      co_return make_byte_stream(std::move(fd), core->around.executor);
    }
    if (code == EAGAIN) {
      co_await wait_for_peer(core);
    } else if (is_shortage(code)) {
      co_await wait_for_descriptors(core, code);
    } else if (code == EBADF || code == EINVAL || code == ENOTSOCK) {
      co_return os_error("cannot accept connections", code);
    }
    // Every other answer is about one peer that went away again (accept(2), "Error handling"): take the next.
  }
  co_return base::Error{base::ErrorKind::closed, "the listener is closed"};
}

class Listener final : public env::Listener {
 public:
  Listener(std::shared_ptr<Core> core, SocketFile file)
      : core_(std::move(core)), file_(std::move(file)), local_(local_endpoint(core_->descriptor.native_handle())) {}
  ~Listener() override { close(); }

  base::Endpoint local() const override { return local_; }
  env::Task<StreamResult> accept() override { return accept_from(core_); }

  void close() override {
    if (!core_->descriptor.is_open()) return;
    boost::system::error_code ignored;
    core_->descriptor.close(ignored);
    struct stat now{};
    if (file_.path.empty() || ::lstat(file_.path.c_str(), &now) != 0) return;
    if (now.st_dev == file_.device && now.st_ino == file_.inode) ::unlink(file_.path.c_str());
  }

 private:
  std::shared_ptr<Core> core_;
  SocketFile file_;
  base::Endpoint local_;
};

base::Result<std::unique_ptr<env::Listener>> make_listener(UniqueFd fd, SocketFile file, ListenerSurroundings around) {
  auto core = std::make_shared<Core>(around);
  boost::system::error_code code;
  core->descriptor.assign(fd.get(), code);
  if (code) return os_error("cannot wait for a listener", code.value());
  fd.release();
  return std::unique_ptr<env::Listener>(new Listener(std::move(core), std::move(file)));
}

// Who listens there: "process 812", "another process" when it is too busy to say; empty for nobody.
std::string who_listens(const sockaddr_un& address) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno == EAGAIN ? "another process" : "";
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid == 0) return "another process";
  return "process " + std::to_string(peer.pid);
}

// Removes a socket that a crash left behind, and nothing but a socket.
base::Result<void> clear_path(const std::string& path, const sockaddr_un& address) {
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) return {};
  const std::string otherwise = ", or name another directory with --runtime";
  if (!S_ISSOCK(there.st_mode)) {
    return base::Error{base::ErrorKind::exists, path + " exists and is not a socket: remove it" + otherwise};
  }
  if (const std::string who = who_listens(address); !who.empty()) {
    return base::Error{base::ErrorKind::busy, who + " listens on " + path + ": stop it" + otherwise};
  }
  if (::unlink(path.c_str()) != 0) return os_error("cannot remove the old socket " + path, errno);
  return {};
}

}  // namespace

base::Result<std::unique_ptr<env::Listener>> listen_tcp(const base::Endpoint& local, ListenerSurroundings around) {
  UniqueFd fd(::socket(family_number(local.address.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return os_error("cannot open a TCP socket", errno);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!local.address.is_v4()) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const SocketAddress address(local);
  if (::bind(fd.get(), address.get(), address.length) != 0 || ::listen(fd.get(), SOMAXCONN) != 0) {
    const int code = errno;
    if (code == EADDRINUSE) return port_taken(PortKind::tcp, local);
    return os_error("cannot listen on TCP " + base::to_string(local), code);
  }
  return make_listener(std::move(fd), {}, around);
}

base::Result<std::unique_ptr<env::Listener>> listen_unix(const std::string& path, ListenerSurroundings around) {
  const auto address = unix_address(path);
  if (!address) return address.error();
  if (auto cleared = clear_path(path, *address); !cleared) return cleared.error();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return os_error("cannot open a Unix socket", errno);
  // The file takes the mode of the socket, so there is no moment in which others could connect.
  struct stat made{};
  if (::fchmod(fd.get(), kSocketMode) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::lstat(path.c_str(), &made) != 0 || ::listen(fd.get(), SOMAXCONN) != 0) {
    const int code = errno;
    return os_error("cannot listen on " + path, code);
  }
  return make_listener(std::move(fd), SocketFile{path, made.st_dev, made.st_ino}, around);
}

}  // namespace holter::env_linux
