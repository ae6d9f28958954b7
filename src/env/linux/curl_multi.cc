#include "env/linux/curl_multi.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "env/linux/connect_error.h"
#include "env/linux/socket_options.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace asio = boost::asio;

struct CurlMulti::Watch {
  Watch(const asio::any_io_executor& executor, base::IpAddress::Family f, CurlTransferEnd& o)
      : descriptor(executor), family(f), owner(&o) {}

  asio::posix::stream_descriptor descriptor;
  base::IpAddress::Family family;
  CurlTransferEnd* owner;  // null once its transfer is gone
  int wanted = 0;          // CURL_POLL_IN, CURL_POLL_OUT
  int waiting = 0;         // of these, what Asio waits for
};

std::shared_ptr<CurlMulti> CurlMulti::create(const asio::any_io_executor& executor, env::Clock& clock) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* const multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) return nullptr;
  std::shared_ptr<CurlMulti> made(new CurlMulti(executor, clock, multi));
  asio::co_spawn(executor, keep_time(made), asio::detached);
  return made;
}

CurlMulti::CurlMulti(const asio::any_io_executor& executor, env::Clock& clock, CURLM* multi)
    : executor_(executor), clock_(clock), multi_(multi), due_changed_(executor) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

CurlMulti::~CurlMulti() { close(); }

void CurlMulti::close() {
  if (multi_ == nullptr) return;
  CURLM* const multi = std::exchange(multi_, nullptr);
  for (CURL* const easy : transfers_) curl_multi_remove_handle(multi, easy);
  transfers_.clear();
  curl_multi_cleanup(multi);
  for (const auto& [fd, watch] : sockets_) {
    boost::system::error_code ignored;
    watch->descriptor.close(ignored);
  }
  sockets_.clear();
}

bool CurlMulti::add(CURL* easy, CurlTransferEnd& end) {
  if (multi_ == nullptr) return false;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &end);
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) return false;
  transfers_.insert(easy);
  return true;
}

void CurlMulti::remove(CURL* easy, CurlTransferEnd& end) {
  if (multi_ != nullptr && transfers_.erase(easy) > 0) curl_multi_remove_handle(multi_, easy);
  for (const auto& [fd, watch] : sockets_) {
    if (watch->owner == &end) watch->owner = nullptr;
  }
}

base::Result<curl_socket_t> CurlMulti::open_socket(const curl_sockaddr& address, const env::Egress& egress,
                                                   CurlTransferEnd& owner) {
  if (multi_ == nullptr) return base::Error{base::ErrorKind::closed, "holter is stopping"};
  UniqueFd fd(::socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol));
  if (!fd) return os_error("cannot open a socket", errno);
  const bool v6 = address.family == AF_INET6;
  const auto family = v6 ? base::IpAddress::Family::v6 : base::IpAddress::Family::v4;
  if (address.family != AF_UNIX) {
    if (const auto left = leave_by(fd.get(), family, egress); !left) return left.error();
    set_icmp_errors(fd.get(), family, IcmpErrors::kept);
  }
  auto watch = std::make_shared<Watch>(executor_, family, owner);
  boost::system::error_code failure;
  watch->descriptor.assign(fd.get(), failure);
  if (failure) return os_error("cannot watch a socket", failure.value());
  sockets_[fd.get()] = std::move(watch);
  return fd.release();
}

int CurlMulti::close_socket(curl_socket_t fd) {
  const auto found = sockets_.find(fd);
  if (found == sockets_.end()) return 1;
  const auto watch = found->second;
  sockets_.erase(found);
  auto icmp = take_icmp_error(fd, watch->family);
  if (icmp && watch->owner != nullptr) watch->owner->icmp_error(std::move(*icmp));
  watch->wanted = 0;
  boost::system::error_code ignored;
  watch->descriptor.close(ignored);
  return 0;
}

int CurlMulti::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  auto* const multi = static_cast<CurlMulti*>(self);
  const auto found = multi->sockets_.find(fd);
  if (found == multi->sockets_.end() || multi->multi_ == nullptr) return 0;
  found->second->wanted = what == CURL_POLL_REMOVE ? 0 : what;
  const auto shared = multi->shared_from_this();
  wait(shared, found->second, CURL_POLL_IN);
  wait(shared, found->second, CURL_POLL_OUT);
  return 0;
}

// One wait a direction at most. A wait that nobody wants any more ends with the next event or the socket.
void CurlMulti::wait(const std::shared_ptr<CurlMulti>& self, const std::shared_ptr<Watch>& watch, int direction) {
  if ((watch->wanted & direction) == 0 || (watch->waiting & direction) != 0) return;
  watch->waiting |= direction;
  const bool in = direction == CURL_POLL_IN;
  const auto kind = in ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
  watch->descriptor.async_wait(
      kind, [weak = std::weak_ptr(self), watch, direction, in](const boost::system::error_code& failure) {
        watch->waiting &= ~direction;
        const auto multi = weak.lock();
        if (failure || !multi || !watch->descriptor.is_open() || (watch->wanted & direction) == 0) return;
        multi->act(watch->descriptor.native_handle(), in ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
        if (watch->descriptor.is_open()) wait(multi, watch, direction);
      });
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) {
  auto* const multi = static_cast<CurlMulti*>(self);
  multi->due_ = timeout_ms < 0 ? base::Instant::max() : multi->clock_.now() + base::Duration::milliseconds(timeout_ms);
  if (timeout_ms == 0) {
    boost::asio::post(multi->executor_, [weak = multi->weak_from_this()] {
      if (const auto alive = weak.lock()) alive->act_if_due();
    });
  } else if (multi->due_ < multi->looks_at_) {
    multi->due_changed_.notify();
  }
  return 0;
}

void CurlMulti::act_if_due() {
  if (clock_.now() < due_) return;
  due_ = base::Instant::max();
  act(CURL_SOCKET_TIMEOUT, 0);
}

env::Task<void> CurlMulti::keep_time(std::shared_ptr<CurlMulti> self) {
  using boost::asio::experimental::awaitable_operators::operator||;
  while (self->multi_ != nullptr) {
    const base::Instant due = self->due_;
    self->looks_at_ = due;
    if (self->clock_.now() >= due) {
      self->act_if_due();
    } else if (due == base::Instant::max()) {
      co_await self->due_changed_.wait();
    } else {
      auto changed = self->due_changed_.wait();
      auto sleep = self->clock_.sleep_until(due);
      co_await (std::move(changed) || std::move(sleep));
    }
  }
}

void CurlMulti::act(curl_socket_t fd, int events) {
  if (multi_ == nullptr) return;
  int running = 0;
  curl_multi_socket_action(multi_, fd, events, &running);
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* end = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &end);
    reinterpret_cast<CurlTransferEnd*>(end)->ended(message->data.result);
  }
}

}  // namespace holter::env_linux
