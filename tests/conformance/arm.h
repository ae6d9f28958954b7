// One conformance suite, two arms: every body is a coroutine over an env::Env, run once on the simulated world and once
// on the real kernel, so that what the simulator promises is what Linux does. A body reports by EXPECT only.
#pragma once

#include <functional>
#include <string>

#include "env/env.h"

namespace holter::conformance {

struct Place {
  env::Env env;
  std::string directory;  // empty and the body's own
};

using Body = env::Task<void> (*)(Place);

// Runs the body to its end; a body that does not end fails the test.
using Arm = void (*)(Body body);

void run_simulated(Body body);
void run_real(Body body);

}  // namespace holter::conformance
