// What `holter pulse` makes of its options in all of its ways: how its beacon is set up, and --debug.
#pragma once

#include <functional>
#include <string>

#include "app/options.h"
#include "env/env.h"
#include "heartbeat/beacon.h"

namespace holter::app {

// How often is pulsed; zero: not at all.
base::Duration interval_of(const PulseOptions& options);

// `show` gets the lines of --debug, each with its end.
heartbeat::BeaconOptions beacon_options(const PulseOptions& options, env::Env env,
                                        std::function<void(const std::string&)> show);

}  // namespace holter::app
