#include "app/service.h"

namespace holter::app {

env::Task<void> say_alive(env::Env env, env_linux::ServiceNotify& service) {
  const auto every = service.watchdog_interval();
  while (every) {
    service.alive();
    co_await env.clock.sleep_for(*every);
  }
}

env::Task<void> tell_held(env::Env env, env_linux::ProgramLog& log) {
  for (;;) {
    co_await env.clock.sleep_for(env_linux::kLogWindow);
    log.tell_held();
  }
}

}  // namespace holter::app
