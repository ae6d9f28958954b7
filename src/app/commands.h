// One function a command: runs it to its end and returns the exit code.
#pragma once

#include "app/options.h"

namespace holter::app {

int run_command(RunOptions options);  // run, hub and agent
int pulse_command(PulseOptions options);
int status_command(StatusOptions options);

}  // namespace holter::app
