// Mailbox carries values from any thread to one loop: the only bridge between rivers. It is bounded; post() never
// waits, and what does not fit is counted so that a Gap record can name it. receive() takes everything that is there.
#pragma once

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "env/task.h"

namespace holter::env {

template <class T>
class Mailbox {
 public:
  Mailbox(boost::asio::any_io_executor receiver, std::size_t capacity)
      : state_(std::make_shared<State>(std::move(receiver), capacity)) {}

  // False, and counted, when the box is full or closed. Any thread.
  bool post(T value) { return post(std::move(value), state_->capacity); }

  // The same for a value that is worth less: the box counts as full for it when it holds `limit`.
  bool post(T value, std::size_t limit) {
    const std::lock_guard lock(state_->mutex);
    if (state_->closed || state_->values.size() >= std::min(limit, state_->capacity)) {
      ++state_->refused;
      return false;
    }
    state_->values.push_back(std::move(value));
    if (state_->values.size() == 1) wake();
    return true;
  }

  // Nothing more will be posted: receive() returns what is left, then an empty vector for ever. Any thread.
  void close() {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    wake();
  }

  // All values there are, at least one; empty only after close(). The receiver's loop, one caller at a time.
  Task<std::vector<T>> receive() {
    const auto state = state_;
    for (;;) {
      {
        const std::lock_guard lock(state->mutex);
        if (!state->values.empty() || state->closed) co_return std::exchange(state->values, {});
      }
      co_await state->arrived.wait();
    }
  }

  // Values refused since take_refused() was called last. Any thread.
  std::uint64_t refused() const {
    const std::lock_guard lock(state_->mutex);
    return state_->refused;
  }

  // Values refused since the last call. Any thread.
  std::uint64_t take_refused() {
    const std::lock_guard lock(state_->mutex);
    return std::exchange(state_->refused, 0);
  }

 private:
  struct State {
    State(boost::asio::any_io_executor e, std::size_t n) : executor(e), arrived(std::move(e)), capacity(n) {}
    boost::asio::any_io_executor executor;
    Signal arrived;
    std::size_t capacity;
    std::mutex mutex;
    std::vector<T> values;
    std::uint64_t refused = 0;
    bool closed = false;
  };

  void wake() {
    boost::asio::post(state_->executor, [state = state_] { state->arrived.notify(); });
  }

  std::shared_ptr<State> state_;
};

}  // namespace holter::env
