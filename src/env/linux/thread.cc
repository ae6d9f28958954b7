#include "env/linux/thread.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace holter::env_linux {

namespace {

std::thread start(const std::string& name, std::function<void()> body) {
  // Blocked before the thread starts, so that there is no moment in which it could take a signal.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
  return thread;
}

}  // namespace

Thread::Thread(std::string name, std::function<void()> body) : thread_(start(name, std::move(body))) {}

Thread::~Thread() { thread_.join(); }

void run_unowned(std::string name, std::function<void()> body) { start(name, std::move(body)).detach(); }

}  // namespace holter::env_linux
