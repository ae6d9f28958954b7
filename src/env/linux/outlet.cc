#include "env/linux/outlet.h"

#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "env/linux/os_error.h"
#include "env/linux/signals.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

// Shared with the worker.
class Outlet::Closing {
 public:
  explicit Closing(UniqueFd event) : event_(std::move(event)) {}

  void set() {
    const std::uint64_t one = 1;
    while (::write(event_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
    }
  }

  // A pipe with room has it for PIPE_BUF bytes, so that no write waits but in poll(). Returns when all is written,
  // nobody can read it, or set() was called.
  void write_all(int fd, std::string_view text) const {
    while (!text.empty()) {
      std::array<pollfd, 2> wanted{{{fd, POLLOUT, 0}, {event_.get(), POLLIN, 0}}};
      if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
      if (wanted[1].revents != 0) return;
      if (wanted[0].revents == 0) continue;
      const ssize_t written = ::write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
      if (written < 0 && errno != EINTR && errno != EAGAIN) return;
      text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
  }

 private:
  UniqueFd event_;
};

Outlet::Outlet(const boost::asio::any_io_executor& executor, env::Offload& offload, std::shared_ptr<Closing> closing)
    : offload_(offload), closing_(std::move(closing)), changed_(executor) {}

Outlet::~Outlet() { closing_->set(); }

base::Result<std::unique_ptr<Outlet>> Outlet::create(const boost::asio::any_io_executor& executor,
                                                     env::Offload& offload) {
  ignore_broken_pipes();
  UniqueFd event(::eventfd(0, EFD_CLOEXEC));
  if (!event) return os_error("cannot wait for room to write", errno);
  auto closing = std::make_shared<Closing>(std::move(event));
  return std::unique_ptr<Outlet>(new Outlet(executor, offload, std::move(closing)));
}

void Outlet::put(int fd, std::string_view text) {
  if (closed_ || text.empty()) return;
  pieces_.push_back({fd, std::string(text)});
  waiting_ += text.size();
  changed_.notify();
}

env::Task<void> Outlet::run() {
  while (!closed_) {
    if (pieces_.empty()) {
      co_await changed_.wait();
      continue;
    }
    const auto closing = closing_;
    const Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    auto writing = offload_.run_blocking([closing, &piece] { closing->write_all(piece.fd, piece.text); });
    co_await std::move(writing);
    waiting_ -= piece.text.size();
    changed_.notify();
  }
}

env::Task<void> Outlet::drained() {
  while (waiting_ > 0) co_await changed_.wait();
}

void Outlet::close() {
  closed_ = true;
  for (const Piece& piece : pieces_) waiting_ -= piece.text.size();
  pieces_.clear();
  closing_->set();
  changed_.notify();
}

}  // namespace holter::env_linux
