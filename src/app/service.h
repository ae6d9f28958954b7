// What holter says to the service manager that started it, if one did.
#pragma once

#include "env/env.h"
#include "env/linux/service_notify.h"

namespace holter::app {

// Says that this process lives as often as it is expected to, until cancelled. It runs on the loop that does the work:
// when that one hangs, nothing is said.
env::Task<void> say_alive(env::Env env, env_linux::ServiceNotify& service);

}  // namespace holter::app
