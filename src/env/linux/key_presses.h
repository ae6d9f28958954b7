// KeyPresses are the keys that a person presses while a table is shown, one by one and unseen, without a line's end.
// The terminal is as it was before once this is destroyed, and between release() and take(). Loop's thread.
#pragma once

#include <cstddef>
#include <memory>

#include "env/task.h"

namespace holter::env_linux {

class KeyPresses {
 public:
  explicit KeyPresses(const boost::asio::any_io_executor& executor);
  ~KeyPresses();
  KeyPresses(const KeyPresses&) = delete;
  KeyPresses& operator=(const KeyPresses&) = delete;

  // Waits for ever when standard input is no terminal.
  env::Task<char> next();
  // Of the terminal that standard output is.
  std::size_t rows() const;
  void release();
  void take();

 private:
  struct State;

  std::shared_ptr<State> state_;  // with the frame that waits
};

}  // namespace holter::env_linux
