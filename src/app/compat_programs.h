// The two programs of the heartbeats ancestor again, as their users knew them: what they asked, said and did, over the
// parts of src/compat. Each runs on one loop until it is told to end; it reads standard input through a LineReader and
// prints on standard output.
#pragma once

#include <optional>
#include <string>

#include "env/env.h"

namespace holter::app {

struct CompatHubOptions {
  std::optional<base::Duration> timeout;  // asked for when absent, as is the next
  std::optional<std::uint8_t> pulses;
  std::string interface;  // empty: all
  bool debug = false;
};

// Sets the exit code.
env::Task<void> compat_hub_main(env::Env env, CompatHubOptions options, int& code);

struct CompatClientOptions {
  std::optional<base::IpAddress> to;  // asked for when absent
  bool debug = false;
};

env::Task<void> compat_client_main(env::Env env, CompatClientOptions options, int& code);

// A line of either program, with its time before it.
void say_stamped(env::Clock& clock, const std::string& line);

}  // namespace holter::app
