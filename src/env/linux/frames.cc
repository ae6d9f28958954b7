#include "env/linux/frames.h"

#include <fcntl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <tuple>
#include <utility>

#include "base/untrusted_text.h"
#include "env/linux/os_error.h"
#include "env/linux/packet_ring.h"
#include "env/linux/packet_socket.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

// Without a socket for it the capture goes on, and says that it does not know what was refused.
void count_refused(PacketRing& ring, RawSocketSource& sockets) {
  if (!ring.refuses_uncounted()) return;
  auto socket = sockets.open_packet();
  if (socket) std::ignore = ring.count_refused(std::move(*socket));
}

class RingSource final : public env::FrameSource {
 public:
  // `readiness` is a second descriptor of the ring's socket, for the loop to wait on.
  RingSource(std::string interface, PacketRing ring, asio::posix::stream_descriptor readiness, RawSocketSource& sockets)
      : interface_(std::move(interface)), ring_(std::move(ring)), readiness_(std::move(readiness)), sockets_(sockets) {}

  const std::string& interface() const override { return interface_; }
  std::uint16_t hardware_type() const override { return ring_.hardware_type(); }
  std::uint32_t interface_index() const override { return ring_.interface_index(); }
  std::optional<std::uint16_t> fanout_group() const override { return ring_.fanout_group(); }
  base::Result<env::FrameCounters> read_counters() override { return ring_.read_counters(); }
  base::Result<void> set_kernel_filter(const env::KernelProgram& filter) override {
    if (auto set = ring_.set_kernel_filter(filter); !set) return set;
    count_refused(ring_, sockets_);
    return {};
  }

  env::Task<base::Result<std::span<const env::Frame>>> next_block() override {
    ring_.release_block();
    if (ring_.has_block()) {
      // Under load there is always a block: let the loop's other tasks have their turn.
      co_await asio::post(readiness_.get_executor(), asio::use_awaitable);
      co_return ring_.take_block();
    }
    // What the kernel took in before the interface went away is still delivered.
    if (ended_with_ != 0 && !ring_.has_frames_on_the_way()) co_return ended();
    co_await readiness_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
    if (ring_.has_block()) co_return ring_.take_block();
    if (const int error = ring_.take_error(); error != 0) ended_with_ = error;
    co_return std::span<const env::Frame>();
  }

 private:
  base::Error ended() const {
    const std::string shown = base::UntrustedText(interface_).for_terminal();
    if (ended_with_ == ENETDOWN) {
      return {base::ErrorKind::closed, "interface " + shown + " went down or was removed"};
    }
    return os_error("capture on " + shown + " ended", ended_with_);
  }

  std::string interface_;
  PacketRing ring_;
  asio::posix::stream_descriptor readiness_;
  RawSocketSource& sockets_;
  int ended_with_ = 0;  // errno; 0 while the source lives
};

}  // namespace

Frames::Frames(asio::any_io_executor executor, RawSocketSource* raw_sockets)
    : executor_(std::move(executor)), raw_sockets_(raw_sockets) {}

base::Result<std::unique_ptr<env::FrameSource>> Frames::open(const env::FrameOptions& options) {
  if (raw_sockets_ == nullptr) {
    return base::Error{base::ErrorKind::permission, "no capture on " + options.interface + " without holter-broker"};
  }
  // Asked first, so that waiting for an interface costs neither the broker nor a ring.
  if (const auto there = interface_index(options.interface); !there) return there.error();
  auto socket = raw_sockets_->open_packet();
  if (!socket) return socket.error();
  auto ring = PacketRing::open(std::move(*socket), options);
  if (!ring) return ring.error();
  if (options.tcp_port == 0) count_refused(*ring, *raw_sockets_);
  UniqueFd second(::fcntl(ring->fd(), F_DUPFD_CLOEXEC, 0));
  if (!second) return os_error("cannot wait for frames of " + options.interface, errno);
  asio::posix::stream_descriptor readiness(executor_);
  boost::system::error_code failure;
  readiness.assign(second.get(), failure);
  if (failure) return os_error("cannot wait for frames of " + options.interface, failure.value());
  second.release();
  return std::make_unique<RingSource>(options.interface, std::move(*ring), std::move(readiness), *raw_sockets_);
}

}  // namespace holter::env_linux
