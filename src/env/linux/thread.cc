#include "env/linux/thread.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace holter::env_linux {

Thread::Thread(std::string name, std::function<void()> body) {
  // Blocked before the thread starts, so that there is no moment in which it could take a signal.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

Thread::~Thread() { thread_.join(); }

}  // namespace holter::env_linux
