// `holter pulse -i`: the prompt, the signals and the terminal around a heartbeat::BeaconPrompt.
#pragma once

#include "app/options.h"

namespace holter::app {

// Returns the exit code.
int pulse_interactively(PulseOptions options);

}  // namespace holter::app
