#include "env/linux/datagram_socket.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <deque>

#include "env/linux/arrival_message.h"
#include "env/linux/cancellation.h"
#include "env/linux/datagram_options.h"
#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kControlBytes = 512;
constexpr int kSendTries = 3;
// After so many receives that found something waiting, let the loop's other tasks run.
constexpr int kReceivesPerTurn = 8;

base::Error closed_error() { return {base::ErrorKind::closed, "the datagram socket is closed"}; }

// The control message that gives one datagram a TTL or hop limit of its own.
class TtlControl {
 public:
  // `message` is sent while this lives.
  void attach(msghdr& message, bool v4, int ttl) {
    message.msg_control = bytes_.data();
    message.msg_controllen = bytes_.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
    header->cmsg_type = v4 ? IP_TTL : IPV6_HOPLIMIT;
    header->cmsg_len = CMSG_LEN(sizeof ttl);
    std::memcpy(CMSG_DATA(header), &ttl, sizeof ttl);
  }

 private:
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes_{};
};

// Shared with receive(), whose frame may outlive the socket by one resumption.
class Core {
 public:
  Core(const env::DatagramOptions& options, const asio::any_io_executor& executor, const env::Clock& clock,
       std::shared_ptr<ReceiveBuffer> buffer)
      : options_(options), clock_(clock), descriptor_(executor), buffer_(std::move(buffer)) {}

  base::Result<void> take(UniqueFd fd) {
    boost::system::error_code failure;
    descriptor_.assign(fd.get(), failure);
    if (failure) return os_error("cannot wait for a datagram socket", failure.value());
    fd.release();
    return {};
  }

  bool open() const { return descriptor_.is_open(); }
  void close() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }
  int fd() { return descriptor_.native_handle(); }

  base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload, std::optional<std::uint8_t> ttl);
  void read_arrivals(std::size_t limit);
  bool deliver(std::vector<env::Arrival>& into, std::size_t limit);
  env::Task<void> wait_readable();
  // True every kReceivesPerTurn calls.
  bool turn_is_over() { return ++receives_ % kReceivesPerTurn == 0; }

 private:
  int send_once(const base::Endpoint& to, base::Bytes payload, std::optional<std::uint8_t> ttl);
  bool read_datagrams(std::vector<env::Arrival>& into, std::size_t limit);
  void read_error_queue();

  env::DatagramOptions options_;
  const env::Clock& clock_;
  asio::posix::stream_descriptor descriptor_;
  std::shared_ptr<ReceiveBuffer> buffer_;
  std::deque<env::Arrival> ready_;
  std::uint32_t sends_ = 0;
  std::uint32_t first_number_ = 0;  // the send number of the kernel's 0
  int receives_ = 0;
};

int Core::send_once(const base::Endpoint& to, base::Bytes payload, std::optional<std::uint8_t> ttl) {
  // IPv6 takes the port of a raw socket's peer for a protocol.
  SocketAddress address({to.address, is_raw(options_.kind) ? std::uint16_t{0} : to.port});
  iovec part{const_cast<std::uint8_t*>(payload.data()), payload.size()};
  msghdr message{};
  message.msg_name = &address.storage;
  message.msg_namelen = address.length;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  TtlControl control;
  if (ttl) control.attach(message, to.address.is_v4(), *ttl);
  for (;;) {
    if (::sendmsg(fd(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

base::Result<std::uint32_t> Core::send(const base::Endpoint& to, base::Bytes payload, std::optional<std::uint8_t> ttl) {
  int code = 0;
  for (int i = 0; i < kSendTries; ++i) {
    code = send_once(to, payload, ttl);
    if (code == 0) return sends_++;
    if (options_.stamps) {
      read_error_queue();
      restart_send_numbers(fd());
      first_number_ = sends_;
    }
    if (!options_.errors || code == EAGAIN) break;
  }
  return os_error("cannot send to " + base::to_string(to), code);
}

// False when there was nothing more to read.
bool Core::read_datagrams(std::vector<env::Arrival>& into, std::size_t limit) {
  std::array<mmsghdr, kDatagramBatch> messages{};
  std::array<iovec, kDatagramBatch> parts{};
  std::array<sockaddr_storage, kDatagramBatch> peers;
  alignas(cmsghdr) std::array<std::array<std::uint8_t, kControlBytes>, kDatagramBatch> controls;
  const std::size_t batch = std::min(limit, kDatagramBatch);
  for (std::size_t i = 0; i < batch; ++i) {
    parts[i] = {buffer_->bytes[i].data(), buffer_->bytes[i].size()};
    msghdr& header = messages[i].msg_hdr;
    header.msg_name = &peers[i];
    header.msg_namelen = sizeof peers[i];
    header.msg_iov = &parts[i];
    header.msg_iovlen = 1;
    header.msg_control = controls[i].data();
    header.msg_controllen = kControlBytes;
  }
  const int got = ::recvmmsg(fd(), messages.data(), static_cast<unsigned>(batch), MSG_DONTWAIT, nullptr);
  // An error here is what the error queue tells in full, or a left-over of a send: there may be datagrams behind it.
  if (got < 0) return errno != EAGAIN && errno != EBADF;
  const bool raw_ipv4 = is_raw(options_.kind) && options_.local.address.is_v4();
  const base::Instant now = clock_.now();
  for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
    const std::size_t length = std::min<std::size_t>(messages[i].msg_len, buffer_->bytes[i].size());
    into.push_back(datagram_arrival(messages[i].msg_hdr, base::Bytes(buffer_->bytes[i]).first(length), raw_ipv4));
    into.back().received_at = now;
  }
  return static_cast<std::size_t>(got) == batch;
}

void Core::read_error_queue() {
  for (;;) {
    sockaddr_storage peer{};
    alignas(cmsghdr) std::array<std::uint8_t, kControlBytes> control{};
    auto& bytes = buffer_->bytes[0];
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_name = &peer;
    message.msg_namelen = sizeof peer;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(fd(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return;
    auto arrival = error_queue_arrival(message, base::Bytes(bytes).first(static_cast<std::size_t>(got)));
    arrival.received_at = clock_.now();
    if (arrival.kind == env::Arrival::Kind::transmitted) arrival.send_number += first_number_;
    ready_.push_back(std::move(arrival));
  }
}

// Datagrams are read first and queued last; see the header for why.
void Core::read_arrivals(std::size_t limit) {
  std::vector<env::Arrival> data;
  for (int reads = 0; reads < kSendTries && data.size() < limit; ++reads) {
    if (!read_datagrams(data, limit - data.size())) break;
  }
  if (options_.stamps || options_.errors) read_error_queue();
  for (auto& arrival : data) ready_.push_back(std::move(arrival));
}

bool Core::deliver(std::vector<env::Arrival>& into, std::size_t limit) {
  const bool any = !ready_.empty();
  for (; limit > 0 && !ready_.empty(); --limit) {
    into.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  return any;
}

// The kernel reports the error queue as EPOLLERR, which wakes this wait too.
env::Task<void> Core::wait_readable() {
  boost::system::error_code woken;
  co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                                  asio::redirect_error(asio::use_awaitable, woken));
}

env::Task<base::Result<void>> receive_from(std::shared_ptr<Core> core, std::vector<env::Arrival>& into,
                                           std::size_t limit) {
  if (core->turn_is_over()) {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
  }
  while (core->open()) {
    if (core->deliver(into, limit)) co_return base::Result<void>();
    core->read_arrivals(limit);
    if (core->deliver(into, limit)) co_return base::Result<void>();
    co_await core->wait_readable();
    co_await unwind_if_cancelled();
  }
  co_return closed_error();
}

class DatagramSocket final : public env::DatagramSocket {
 public:
  explicit DatagramSocket(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~DatagramSocket() override { core_->close(); }

  base::Endpoint local() const override { return local_endpoint(core_->fd()); }
  base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload) override {
    return core_->send(to, payload, std::nullopt);
  }
  base::Result<std::uint32_t> send_with_ttl(const base::Endpoint& to, base::Bytes payload, std::uint8_t ttl) override {
    return core_->send(to, payload, ttl);
  }
  env::Task<base::Result<void>> receive(std::vector<env::Arrival>& into, std::size_t limit) override {
    return receive_from(core_, into, limit);
  }
  std::uint64_t dropped() const override {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (::getsockopt(core_->fd(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) return 0;
    return memory[SK_MEMINFO_DROPS];
  }

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace

base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram_socket(const env::DatagramOptions& options,
                                                                        const asio::any_io_executor& executor,
                                                                        const env::Clock& clock,
                                                                        RawSocketSource* raw_sockets,
                                                                        std::shared_ptr<ReceiveBuffer> buffer) {
  auto fd = open_datagram_fd(options, raw_sockets);
  if (!fd) return fd.error();
  auto core = std::make_shared<Core>(options, executor, clock, std::move(buffer));
  if (auto taken = core->take(std::move(*fd)); !taken) return taken.error();
  return std::unique_ptr<env::DatagramSocket>(new DatagramSocket(std::move(core)));
}

}  // namespace holter::env_linux
