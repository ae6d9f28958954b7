// `holter pulse --exec CMD`: the signals and the output around a heartbeat::Job.
#pragma once

#include "app/options.h"

namespace holter::app {

// Returns what CMD returned.
int pulse_around(PulseOptions options);

}  // namespace holter::app
