// Thread runs one function on a named thread of its own, with all signals blocked (they belong to the loop that waits
// for them), and joins it when destroyed: whoever owns a Thread must first tell its function to end. run_unowned() is
// for what cannot be told to end: nobody joins it, and the end of the program leaves it behind. The only ways that
// holter makes threads.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace holter::env_linux {

class Thread {
 public:
  // The kernel shows at most 15 characters of the name.
  Thread(std::string name, std::function<void()> body);
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

 private:
  std::thread thread_;
};

// `body` owns, perhaps with others, whatever it touches.
void run_unowned(std::string name, std::function<void()> body);

}  // namespace holter::env_linux
