// A command beside a running holter: one task on a loop of its own, whose log goes to standard error.
#pragma once

#include <functional>

#include "env/env.h"

namespace holter::app {

// The task sets the exit code that is returned; kFailed until it does, and when there can be no loop, which is said.
int run_alone(env::LogLevel level, const std::function<env::Task<void>(env::Env env, int& code)>& task);

}  // namespace holter::app
