// Signals of the process as values on a loop: whoever owns the Signals awaits them one by one instead of having
// handlers. While it lives the signals named lose their default effect (SIGTSTP no longer stops the process: drain,
// then call suspend_process()). Make one per process; loop's thread.
#pragma once

#include <initializer_list>
#include <memory>

#include "env/task.h"

namespace holter::env_linux {

class Signals {
 public:
  // SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGHUP or whatever else is given.
  static base::Result<std::unique_ptr<Signals>> create(const boost::asio::any_io_executor& executor,
                                                       std::initializer_list<int> numbers);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The next signal; those that came in the meantime are kept. ErrorKind::closed once this object is destroyed.
  env::Task<base::Result<int>> next();

 private:
  struct State;
  explicit Signals(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

// From here on writing to a pipe that nobody reads is an error (ErrorKind::closed) and no longer ends the process.
void ignore_broken_pipes();

// Stops this process as SIGSTOP does; returns when somebody continued it.
void suspend_process();

}  // namespace holter::env_linux
