#include "env/linux/signals.h"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <string>

#include "env/linux/cancellation.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace asio = boost::asio;

struct Signals::State {
  explicit State(const asio::any_io_executor& executor) : set(executor) {}
  asio::signal_set set;
};

base::Result<std::unique_ptr<Signals>> Signals::create(const asio::any_io_executor& executor,
                                                       std::initializer_list<int> numbers) {
  auto state = std::make_shared<State>(executor);
  for (const int number : numbers) {
    boost::system::error_code failure;
    state->set.add(number, failure);
    if (failure) return os_error(std::string("cannot wait for ") + strsignal(number), failure.value());
  }
  return std::unique_ptr<Signals>(new Signals(std::move(state)));
}

Signals::Signals(std::shared_ptr<State> state) : state_(std::move(state)) {}

Signals::~Signals() {
  boost::system::error_code ignored;
  state_->set.cancel(ignored);
  state_->set.clear(ignored);
}

env::Task<base::Result<int>> Signals::next() {
  const auto state = state_;
  boost::system::error_code failure;
  const int number = co_await state->set.async_wait(asio::redirect_error(asio::use_awaitable, failure));
  co_await unwind_if_cancelled();
  if (failure) co_return base::Error{base::ErrorKind::closed, "nobody waits for signals any more"};
  co_return number;
}

void ignore_broken_pipes() { ::signal(SIGPIPE, SIG_IGN); }

void suspend_process() { ::kill(::getpid(), SIGSTOP); }

}  // namespace holter::env_linux
