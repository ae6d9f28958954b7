#include "env/linux/resolver.h"

#include <netdb.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>

#include "base/untrusted_text.h"
#include "env/linux/cancellation.h"
#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"
#include "env/linux/thread.h"

namespace holter::env_linux {
namespace {

namespace asio = boost::asio;
using Addresses = Resolver::Addresses;

// How long a thread without a lookup waits for one.
constexpr auto kIdle = std::chrono::seconds(10);

base::Error lookup_error(const std::string& name, int code) {
  const int system_code = errno;
  const std::string what = "cannot resolve " + base::UntrustedText(name).for_log();
  if (code == EAI_SYSTEM) return os_error(what, system_code);
  const bool unknown = code == EAI_NONAME || code == EAI_NODATA;
  const auto kind = unknown             ? base::ErrorKind::not_found
                    : code == EAI_AGAIN ? base::ErrorKind::unreachable
                                        : base::ErrorKind::io;
  return {kind, what + ": " + gai_strerror(code)};
}

Addresses look_up(const std::string& name, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;  // else every address comes once per socket type
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(name.c_str(), nullptr, &hints, &list); code != 0) return lookup_error(name, code);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
  std::vector<base::IpAddress> addresses;
  for (const addrinfo* entry = list; entry != nullptr && addresses.size() < kMaxAddresses; entry = entry->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, entry->ai_addr, std::min<std::size_t>(entry->ai_addrlen, sizeof storage));
    const auto endpoint = endpoint_of(storage);
    if (endpoint && std::ranges::find(addresses, endpoint->address) == addresses.end()) {
      addresses.push_back(endpoint->address);
    }
  }
  return addresses;
}

// Belongs to the loop; a thread holds on to it only to hand it over.
struct Waiter {
  explicit Waiter(const asio::any_io_executor& e) : executor(e), ended(e, asio::steady_timer::time_point::max()) {}
  asio::any_io_executor executor;
  asio::steady_timer ended;
  std::optional<Addresses> found;
};

void tell(std::shared_ptr<Waiter> waiter, Addresses found) {
  const auto executor = waiter->executor;
  asio::post(executor, [told = std::move(waiter), addresses = std::move(found)]() mutable {
    told->found = std::move(addresses);
    told->ended.cancel();
  });
}

}  // namespace

// Shared with the threads, which may outlive the resolver: what they touch of the loop they touch under the mutex, and
// not once it is stopping.
class Resolver::Lookups : public std::enable_shared_from_this<Lookups> {
 public:
  explicit Lookups(LookUp look_up) : look_up_(std::move(look_up)) {}

  bool ask(std::string name, const std::shared_ptr<Waiter>& waiter) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() == kMaxWaiting) return false;
    waiting_.push_back({std::move(name), waiter});
    if (idle_ < waiting_.size() && threads_ < kMaxLookups) {
      ++threads_;
      run_unowned("holter-resolve", [self = shared_from_this()] { self->work(); });
    }
    asked_.notify_one();
    return true;
  }

  void stop() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    waiting_.clear();
    asked_.notify_all();
    ended_.wait(lock, [this] { return threads_ == looking_up_; });
  }

 private:
  struct Question {
    std::string name;
    std::weak_ptr<Waiter> waiter;
  };

  void work() {
    std::unique_lock lock(mutex_);
    while (auto question = next(lock)) {
      if (question->waiter.expired()) continue;
      ++looking_up_;
      lock.unlock();
      auto found = look_up_(question->name);
      lock.lock();
      --looking_up_;
      if (stopping_) break;
      if (auto waiter = question->waiter.lock()) tell(std::move(waiter), std::move(found));
    }
    --threads_;
    ended_.notify_all();
  }

  std::optional<Question> next(std::unique_lock<std::mutex>& lock) {
    ++idle_;
    const bool woken = asked_.wait_for(lock, kIdle, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (!woken || stopping_) return std::nullopt;
    Question question = std::move(waiting_.front());
    waiting_.pop_front();
    return question;
  }

  const LookUp look_up_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::condition_variable ended_;
  std::deque<Question> waiting_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  std::size_t looking_up_ = 0;
  bool stopping_ = false;
};

Resolver::Resolver(asio::any_io_executor executor, LookUp look_up)
    : executor_(std::move(executor)), lookups_(std::make_shared<Lookups>(std::move(look_up))) {}

Resolver::~Resolver() { stop(); }

void Resolver::stop() { lookups_->stop(); }

Addresses Resolver::ask_the_host(const std::string& name) { return look_up(name, 0); }

env::Task<Addresses> Resolver::resolve(std::string name) {
  if (const auto literal = base::IpAddress::parse(name)) co_return std::vector{*literal};
  if (name.empty() || name.size() > kMaxNameBytes || name.find('\0') != name.npos) {
    co_return base::Error{base::ErrorKind::invalid, "a name to resolve has 1 to 253 bytes and no NUL"};
  }
  // "fe80::1%eth0": no question to anybody, so no need to wait for a thread.
  if (name.find('%') != name.npos) co_return look_up(name, AI_NUMERICHOST);
  const auto waiter = std::make_shared<Waiter>(executor_);
  if (!lookups_->ask(std::move(name), waiter)) {
    co_return base::Error{base::ErrorKind::full, "too many names wait for the host's resolver"};
  }
  boost::system::error_code woken;
  co_await waiter->ended.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  co_await unwind_if_cancelled();
  co_return std::move(*waiter->found);
}

}  // namespace holter::env_linux
