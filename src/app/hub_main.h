// The roles `run` and `hub`: everything that collects and shows, and for `run` the rivers beside it. The task runs on
// the main loop from the first banner line to the last drained record.
#pragma once

#include "app/start.h"

namespace holter::app {

// `ground` outlives the task. Sets the exit code.
env::Task<void> hub_main(env::Env env, RunOptions options, Ground& ground, int& exit_code);

}  // namespace holter::app
