// The role `agent`: probes by the hub's plan and captures, spools every record, and sends it when the hub is there.
#pragma once

#include "app/start.h"

namespace holter::app {

// `ground` outlives the task. Sets the exit code.
env::Task<void> agent_main(env::Env env, RunOptions options, Ground& ground, int& exit_code);

}  // namespace holter::app
