// HeartbeatPlan is what the presence river is started with: where it hears by each way, what it expects, and what is
// known from before. Plain values, as the settings want them.
#pragma once

#include <string>
#include <vector>

#include "compat/heartbeat_adapter.h"
#include "config/settings.h"
#include "env/linux/loop.h"
#include "env/tls.h"
#include "heartbeat/listener.h"

namespace holter::app {

// Where lines are heard, and what proves that it is holter who hears them.
struct LinePlan {
  std::vector<base::Endpoint> endpoints;
  env::TlsPem tls = {};  // not looked at without endpoints
};

// Clients of the heartbeats ancestor.
struct CompatPlan {
  bool enabled = false;
  std::string refusal;    // why it cannot be; empty: it can
  std::string interface;  // empty: all
  compat::HeartbeatAdapterOptions adapter;
};

struct HeartbeatPlan {
  env_linux::LoopOptions loop = {};  // raw sockets ask witnesses; frames are for `compat`
  heartbeat::ListenerOptions listener;
  LinePlan lines;
  CompatPlan compat;
  std::vector<heartbeat::ExpectedSession> expected;
  std::vector<record::PulseChange> known = {};  // the newest changes of the sessions from before
};

HeartbeatPlan heartbeat_plan(const config::Settings& settings);
std::vector<heartbeat::ExpectedSession> expected_sessions(const config::Settings& settings);

}  // namespace holter::app
