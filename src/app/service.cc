#include "app/service.h"

namespace holter::app {

env::Task<void> say_alive(env::Env env, env_linux::ServiceNotify& service) {
  const auto every = service.watchdog_interval();
  while (every) {
    service.alive();
    co_await env.clock.sleep_for(*every);
  }
}

}  // namespace holter::app
