// SIGTSTP: what holter does around its own suspension. The caller has made everything durable before.
#pragma once

#include "env/env.h"
#include "record/gap.h"

namespace holter::app {

// Stops the process until SIGCONT; the pause as the Gap to record.
record::Gap suspend_with_gap(env::Env env);

}  // namespace holter::app
