#include "env/linux/datagram_socket.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
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

constexpr int kSendTries = 3;
constexpr std::size_t kSendBatch = 64;
constexpr std::size_t kKeptStamps = 1'024;
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
  void send_all(std::span<const env::Outgoing> datagrams, std::vector<base::Result<std::uint32_t>>& results);
  void take_stamps();
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
    if (code == 0) {
      take_stamps();
      return sends_++;
    }
    if (options_.stamps) {
      read_error_queue();
      restart_send_numbers(fd());
      first_number_ = sends_;
    }
    if (!options_.errors || code == EAGAIN) break;
  }
  return os_error("cannot send to " + base::to_string(to), code);
}

void Core::send_all(std::span<const env::Outgoing> datagrams, std::vector<base::Result<std::uint32_t>>& results) {
  std::vector<SocketAddress> addresses;
  std::array<iovec, kSendBatch> parts;
  std::array<mmsghdr, kSendBatch> messages;
  while (!datagrams.empty()) {
    const std::size_t batch = std::min(datagrams.size(), kSendBatch);
    addresses.clear();
    addresses.reserve(batch);
    for (std::size_t i = 0; i < batch; ++i) {
      const auto& [to, payload] = datagrams[i];
      addresses.emplace_back(to);
      parts[i] = {const_cast<std::uint8_t*>(payload.data()), payload.size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_name = &addresses[i].storage;
      messages[i].msg_hdr.msg_namelen = addresses[i].length;
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int got = ::sendmmsg(fd(), messages.data(), static_cast<unsigned>(batch), MSG_DONTWAIT | MSG_NOSIGNAL);
    const auto sent = static_cast<std::size_t>(std::max(got, 0));
    for (std::size_t i = 0; i < sent; ++i) results.push_back(sends_++);
    datagrams = datagrams.subspan(sent);
    if (sent == batch) continue;
    results.push_back(send(datagrams.front().to, datagrams.front().payload, std::nullopt));
    if (!results.back() && results.back().error().kind == base::ErrorKind::would_block) break;
    datagrams = datagrams.subspan(1);
  }
  take_stamps();
}

// A stamp is there as soon as its datagram has left. Read now, it does not wake the loop: it is delivered with the
// answer. Kept in the kernel's own queue, which does wake, where nobody answers.
void Core::take_stamps() {
  if (!options_.stamps || ready_.size() >= kKeptStamps) return;
  const std::size_t before = ready_.size();
  read_error_queue();
  const bool more = std::any_of(ready_.begin() + static_cast<std::ptrdiff_t>(before), ready_.end(),
                                [](const auto& a) { return a.kind != env::Arrival::Kind::transmitted; });
  boost::system::error_code ignored;
  if (more) descriptor_.cancel(ignored);  // an ICMP error came along: who waits is told
}

// False when there was nothing more to read.
bool Core::read_datagrams(std::vector<env::Arrival>& into, std::size_t limit) {
  const std::size_t batch = std::min(limit, kDatagramBatch);
  const int got = buffer_->receive(fd(), batch, 0);
  // An error here is what the error queue tells in full, or a left-over of a send: there may be datagrams behind it.
  if (got < 0) return errno != EAGAIN && errno != EBADF;
  const bool raw_ipv4 = is_raw(options_.kind) && options_.local.address.is_v4();
  const base::Instant now = clock_.now();
  for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
    into.push_back(datagram_arrival(buffer_->header(i), buffer_->bytes(i), raw_ipv4));
    into.back().received_at = now;
  }
  return static_cast<std::size_t>(got) == batch;
}

void Core::read_error_queue() {
  for (int got = kDatagramBatch; got == kDatagramBatch;) {
    got = buffer_->receive(fd(), kDatagramBatch, MSG_ERRQUEUE);
    if (got <= 0) return;
    const base::Instant now = clock_.now();
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      auto arrival = error_queue_arrival(buffer_->header(i), buffer_->bytes(i));
      arrival.received_at = now;
      if (arrival.kind == env::Arrival::Kind::transmitted) arrival.send_number += first_number_;
      ready_.push_back(std::move(arrival));
    }
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
  void send_all(std::span<const env::Outgoing> datagrams, std::vector<base::Result<std::uint32_t>>& results) override {
    core_->send_all(datagrams, results);
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
