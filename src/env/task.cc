#include "env/task.h"

#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "base/assert.h"

namespace holter::env {
namespace asio = boost::asio;
namespace {

// A timer that never fires by itself: cancelling it is how one coroutine wakes others.
asio::steady_timer never(const asio::any_io_executor& executor) {
  return asio::steady_timer(executor, asio::steady_timer::time_point::max());
}

// `a || b` of which both were cancelled throws one exception that holds the first of theirs.
bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (const asio::multiple_exceptions& both) {
    return is_cancellation(both.first_exception());
  } catch (...) {
    return false;
  }
}

}  // namespace

struct Signal::State {
  explicit State(asio::any_io_executor executor) : timer(never(executor)) {}
  asio::steady_timer timer;
};

Signal::Signal(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}
Signal::~Signal() = default;

void Signal::notify() { state_->timer.cancel(); }

Task<void> Signal::wait() {
  const auto state = state_;
  boost::system::error_code ignored;
  co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<void> Signal::wait_until(Clock& clock, base::Instant deadline) {
  const auto reminder = clock.remind(deadline, [state = state_] { state->timer.cancel(); });
  co_await wait();
}

struct TaskGroup::State {
  explicit State(asio::any_io_executor e) : executor(e), ended(std::move(e)) {}
  asio::any_io_executor executor;
  Signal ended;
  std::list<asio::cancellation_signal> running;
};

// A child that ends at once leaves the list under way.
void TaskGroup::cancel_all(State& state) {
  for (auto child = state.running.begin(); child != state.running.end();) {
    auto& signal = *child++;
    signal.emit(asio::cancellation_type::terminal);
  }
}

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() { cancel_all(*state_); }

void TaskGroup::spawn(Task<void> task) {
  const auto state = state_;
  const auto child = state->running.emplace(state->running.end());
  auto on_end = [state, child](std::exception_ptr failure) {
    state->running.erase(child);
    state->ended.notify();
    HOLTER_ASSERT(!failure || is_cancellation(failure));
  };
  asio::co_spawn(state->executor, std::move(task), asio::bind_cancellation_slot(child->slot(), std::move(on_end)));
}

std::size_t TaskGroup::running() const { return state_->running.size(); }

Task<void> TaskGroup::join() {
  const auto state = state_;
  while (!state->running.empty()) co_await state->ended.wait();
}

Task<void> TaskGroup::stop() {
  const auto state = state_;
  cancel_all(*state);
  while (!state->running.empty()) co_await state->ended.wait();
}

Cutoff::Cutoff(Clock& clock, base::Instant deadline, asio::cancellation_slot outer) {
  // Asio empties the slot itself when the waiting task goes on.
  if (outer.is_connected()) outer.assign([this](asio::cancellation_type type) { signal_.emit(type); });
  reminder_ = clock.remind(deadline, [this] {
    passed_ = true;
    signal_.emit(asio::cancellation_type::terminal);
  });
}

void Cutoff::pass_on(const std::exception_ptr& failure) const {
  if (!passed_ || !is_cancellation(failure)) std::rethrow_exception(failure);
}

}  // namespace holter::env
