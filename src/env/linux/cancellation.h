// How a wait on the kernel tells its two ends apart: the object was closed (an error value) or the task was cancelled
// (unwinds, and nobody swallows it). For the coroutines of env/linux, after every wait that took an error code.
#pragma once

#include "env/task.h"

namespace holter::env_linux {

// Throws operation_aborted when the calling task has been cancelled.
env::Task<void> unwind_if_cancelled();

}  // namespace holter::env_linux
