// What a role does beside its work: it tells the service manager that started it, if one did, that it lives, and its
// log what was held back.
#pragma once

#include "env/env.h"
#include "env/linux/log.h"
#include "env/linux/service_notify.h"

namespace holter::app {

// Says that this process lives as often as it is expected to, until cancelled. It runs on the loop that does the work:
// when that one hangs, nothing is said.
env::Task<void> say_alive(env::Env env, env_linux::ServiceNotify& service);

// Every second until cancelled, so that a flood is told of when nothing else is said after it.
env::Task<void> tell_held(env::Env env, env_linux::ProgramLog& log);

}  // namespace holter::app
