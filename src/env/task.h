// Task is holter's coroutine: a lazily started piece of work on one loop. TaskGroup owns running tasks, so that none
// outlives the thing it works for; with_deadline ends a task at an Instant of whatever clock the Env has, real or
// simulated. This is the only public header that shows Asio.
//
// Coroutine law (see CONTRIBUTING.md): parameters by value (Env is copied); no reference parameter except to an object
// that outlives the task by construction; errors are Result values, because `a || b` waits for a *success*; only
// cancellation unwinds as an exception and nobody swallows it; name temporaries before co_await.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <string>
#include <utility>
#include <variant>

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

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The task's result, or ErrorKind::timeout at `deadline`; the loser is cancelled before this returns.
template <class T>
Task<base::Result<T>> with_deadline(Clock& clock, base::Instant deadline, Task<base::Result<T>> task) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto sleep = clock.sleep_until(deadline);
  auto first = co_await (std::move(task) || std::move(sleep));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return base::Error{base::ErrorKind::timeout, "the deadline passed"};
}

}  // namespace holter::env
