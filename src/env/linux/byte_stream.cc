#include "env/linux/byte_stream.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>

#include "env/linux/cancellation.h"
#include "env/linux/connect_error.h"
#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"
#include "env/linux/socket_options.h"
#include "env/linux/source_address.h"
#include "env/linux/unix_address.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

using Socket = asio::generic::stream_protocol::socket;

base::Error closed_error() { return {base::ErrorKind::closed, "the stream is closed"}; }

base::Error stream_error(std::string_view doing, const boost::system::error_code& code) {
  if (code == asio::error::operation_aborted || code == asio::error::eof) return closed_error();
  return os_error(doing, code.value());
}

env::Task<base::Result<std::size_t>> read_from(std::shared_ptr<Socket> socket, std::span<std::uint8_t> into) {
  if (!socket->is_open()) co_return closed_error();
  boost::system::error_code code;
  const auto buffer = asio::buffer(into.data(), into.size());
  const std::size_t got = co_await socket->async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
  co_await unwind_if_cancelled();
  if (code) co_return stream_error("cannot read from a stream", code);
  co_return got;
}

env::Task<base::Result<void>> write_to(std::shared_ptr<Socket> socket, base::Bytes bytes) {
  if (!socket->is_open()) co_return closed_error();
  boost::system::error_code code;
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  co_await asio::async_write(*socket, buffer, asio::redirect_error(asio::use_awaitable, code));
  co_await unwind_if_cancelled();
  if (code) co_return stream_error("cannot write to a stream", code);
  co_return base::Result<void>();
}

// Empty for what is no TCP, or closed.
std::optional<base::Duration> tcp_rtt(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_rtt == 0) return std::nullopt;
  return base::Duration::microseconds(info.tcpi_rtt);
}

int socket_option(int fd, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : 0;
}

std::optional<env::PeerCredentials> credentials_of(int fd) {
  ucred credentials{};
  socklen_t length = sizeof credentials;
  const bool known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 && credentials.pid > 0;
  if (!known) return std::nullopt;
  return env::PeerCredentials{static_cast<std::uint32_t>(credentials.pid), credentials.uid};
}

// Reads and writes share the socket with their frames, which may outlive the stream by one resumption.
class ByteStream final : public env::ByteStream {
 public:
  ByteStream(std::shared_ptr<Socket> socket, const base::Endpoint& peer,
             std::optional<env::PeerCredentials> credentials)
      : socket_(std::move(socket)), peer_(peer), credentials_(credentials) {}
  ~ByteStream() override { close(); }

  base::Endpoint local() const override { return local_endpoint(socket_->native_handle()); }
  base::Endpoint peer() const override { return peer_; }
  std::optional<env::PeerCredentials> credentials() const override { return credentials_; }
  std::optional<base::Duration> kernel_rtt() const override { return tcp_rtt(socket_->native_handle()); }

  env::Task<base::Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    return read_from(socket_, into);
  }
  env::Task<base::Result<void>> write_all(base::Bytes bytes) override { return write_to(socket_, bytes); }

  void shutdown_write() override {
    boost::system::error_code ignored;
    socket_->shutdown(Socket::shutdown_send, ignored);
  }
  void close() override {
    boost::system::error_code ignored;
    socket_->close(ignored);
  }

 private:
  std::shared_ptr<Socket> socket_;
  base::Endpoint peer_;
  std::optional<env::PeerCredentials> credentials_;
};

// A descriptor on the loop.
base::Result<std::shared_ptr<Socket>> watch(UniqueFd fd, int domain, int protocol,
                                            const asio::any_io_executor& executor) {
  auto socket = std::make_shared<Socket>(executor);
  boost::system::error_code code;
  socket->assign(asio::generic::stream_protocol(domain, protocol), fd.get(), code);
  if (code) return os_error("cannot wait for a stream", code.value());
  fd.release();
  return socket;
}

// Nothing without a way there: connect() will say so.
std::optional<base::IpAddress> source_by_route(const base::IpAddress& destination) {
  const auto source = source_for(destination);
  return source ? std::optional(*source) : std::nullopt;
}

void send_without_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

base::Result<std::unique_ptr<env::ByteStream>> make_byte_stream(UniqueFd fd, const asio::any_io_executor& executor) {
  const int domain = socket_option(fd.get(), SO_DOMAIN);
  const int protocol = socket_option(fd.get(), SO_PROTOCOL);
  if (protocol == IPPROTO_TCP) send_without_delay(fd.get());
  const base::Endpoint peer = peer_endpoint(fd.get());
  const auto credentials = domain == AF_UNIX ? credentials_of(fd.get()) : std::nullopt;
  auto socket = watch(std::move(fd), domain, protocol, executor);
  if (!socket) return socket.error();
  return std::unique_ptr<env::ByteStream>(new ByteStream(std::move(*socket), peer, credentials));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_tcp(base::Endpoint to, env::Egress egress,
                                                                      env::Network::Bound bound,
                                                                      asio::any_io_executor executor) {
  const SocketAddress address(to);
  const auto family = to.address.family();
  const int domain = family_number(family);
  UniqueFd opened(::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!opened) co_return os_error("cannot open a TCP socket", errno);
  const int fd = opened.get();
  if (bound && !egress.source) egress.source = source_by_route(to.address);
  const PortChoice choice = bound ? PortChoice::now : PortChoice::when_connecting;
  if (auto done = leave_by(fd, family, egress, choice); !done) co_return done.error();
  if (bound && egress.source) bound(local_endpoint(fd));
  set_icmp_errors(fd, family, IcmpErrors::kept);
  // Asked again, the kernel says how a connection does that it is making: all that SO_ERROR and poll() would say.
  const auto connect = [&] { return ::connect(fd, address.get(), address.length) == 0 ? 0 : errno; };
  int code = connect();
  auto socket = watch(std::move(opened), domain, IPPROTO_TCP, executor);
  if (!socket) co_return socket.error();
  while (code == EINPROGRESS || code == EALREADY) {
    boost::system::error_code woken;
    co_await (*socket)->async_wait(Socket::wait_write, asio::redirect_error(asio::use_awaitable, woken));
    co_await unwind_if_cancelled();
    code = connect();
  }
  if (code != 0) {
    const std::string doing = "cannot connect to " + base::to_string(to);
    const auto icmp = take_icmp_error(fd, family);
    co_return icmp ? base::with_context(doing, *icmp) : os_error(doing, code);
  }
  set_icmp_errors(fd, family, IcmpErrors::ignored);
  send_without_delay(fd);
  co_return std::unique_ptr<env::ByteStream>(new ByteStream(std::move(*socket), to, std::nullopt));
}

base::Result<std::unique_ptr<env::ByteStream>> connect_unix(const std::string& path,
                                                            const asio::any_io_executor& executor) {
  const auto address = unix_address(path);
  if (!address) return address.error();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return os_error("cannot open a Unix socket", errno);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    const int code = errno;
    if (code == EAGAIN) return base::Error{base::ErrorKind::busy, "cannot connect to " + path + ": its queue is full"};
    return os_error("cannot connect to " + path, code);
  }
  return make_byte_stream(std::move(fd), executor);
}

}  // namespace holter::env_linux
