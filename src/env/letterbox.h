// Letterbox carries values from any thread to whoever comes by and empties it: a Mailbox for which nobody is woken, so
// that neither side needs the other's loop, and either may be gone first. What is posted before the receiver looks is
// there when it looks. Bounded; post() never waits, and what does not fit is refused and counted. A copy is the same
// box.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace holter::env {

template <class T>
class Letterbox {
 public:
  explicit Letterbox(std::size_t capacity) : state_(std::make_shared<State>(capacity)) {}

  // False, and counted, when the box is full. Any thread.
  bool post(T value) {
    const std::lock_guard lock(state_->mutex);
    if (state_->values.size() >= state_->capacity) {
      ++state_->refused;
      return false;
    }
    state_->values.push_back(std::move(value));
    return true;
  }

  // Swaps all there is for `into`, which is emptied first and whose memory stays in use. Any thread.
  void take(std::vector<T>& into) {
    into.clear();
    const std::lock_guard lock(state_->mutex);
    state_->values.swap(into);
  }

  // Values refused since the box was made. Any thread.
  std::uint64_t refused() const {
    const std::lock_guard lock(state_->mutex);
    return state_->refused;
  }

 private:
  struct State {
    explicit State(std::size_t n) : capacity(n) {}
    const std::size_t capacity;
    std::mutex mutex;
    std::vector<T> values;
    std::uint64_t refused = 0;
  };

  std::shared_ptr<State> state_;
};

}  // namespace holter::env
