// Task is holter's coroutine: a lazily started piece of work on one loop. TaskGroup owns running tasks, so that none
// outlives the thing it works for; with_deadline ends a task at an Instant of whatever clock the Env has, real or
// simulated. This is the only public header that shows Asio.
//
// Coroutine law (see CONTRIBUTING.md): parameters by value (Env is copied); no reference parameter except to an object
// that outlives the task by construction; errors are Result values, because `a || b` waits for a *success*; only
// cancellation unwinds as an exception and nobody swallows it; name temporaries before co_await.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "env/clock.h"

namespace holter::env {

template <class T = void>
using Task = boost::asio::awaitable<T>;

// Runs children on one executor and owns them. Destroying the group cancels what still runs (the frames die with their
// loop); stop() is the polite end: it cancels and waits. A child that ends by an exception other than cancellation is a
// defect and aborts. Used from its executor's thread only.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void spawn(Task<void> task);
  std::size_t running() const;
  // Returns when every child has ended by itself.
  Task<void> join();
  // Asks every child to end (cancellation) and returns when all have.
  Task<void> stop();

 private:
  struct State;
  static void cancel_all(State& state);
  std::shared_ptr<State> state_;
};

// A condition that one loop's coroutines wait for: notify() wakes every waiter. Same thread only.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void notify();
  Task<void> wait();
  // Returns at `deadline` too, and wakes whoever else waits then.
  Task<void> wait_until(Clock& clock, base::Instant deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Ends one task at an Instant: cancels it then, or when whoever waits for it is cancelled. Lives in the waiting frame.
class Cutoff {
 public:
  // `outer` is the slot by which the waiting task is cancelled.
  Cutoff(Clock& clock, base::Instant deadline, boost::asio::cancellation_slot outer);
  Cutoff(const Cutoff&) = delete;
  Cutoff& operator=(const Cutoff&) = delete;

  boost::asio::cancellation_slot slot() { return signal_.slot(); }
  bool passed() const { return passed_; }
  // What the task ended with by itself unwinds on: a cancellation from outside, or a defect.
  void pass_on(const std::exception_ptr& failure) const;

 private:
  boost::asio::cancellation_signal signal_;
  bool passed_ = false;
  std::unique_ptr<Reminder> reminder_;
};

// The task's result, or ErrorKind::timeout at `deadline`; the task has ended before this returns.
template <class T>
Task<base::Result<T>> with_deadline(Clock& clock, base::Instant deadline, Task<base::Result<T>> task) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  const auto state = co_await asio::this_coro::cancellation_state;
  Cutoff cutoff(clock, deadline, state.slot());
  auto ending = asio::co_spawn(executor, std::move(task),
                               asio::bind_cancellation_slot(cutoff.slot(), asio::as_tuple(asio::use_awaitable)));
  auto [failure, result] = co_await std::move(ending);
  if (failure) cutoff.pass_on(failure);
  if (cutoff.passed()) co_return base::Error{base::ErrorKind::timeout, "the deadline passed"};
  co_return std::move(result);
}

}  // namespace holter::env
