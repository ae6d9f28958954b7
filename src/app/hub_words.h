// What the roles `run` and `hub` say of themselves: the page's "about" and the banner at the start. Pure but for the
// host's own name.
#pragma once

#include <string>

#include "api/live_state.h"
#include "app/capture_plan.h"
#include "app/news.h"
#include "app/start.h"
#include "record/probe_plan.h"

namespace holter::app {

std::string page_of(const RunOptions& options);

api::About about_hub(const env::Env& env, const RunOptions& options, const Ground& ground, const base::AgentId& agent);

// What the rivers said when they began; empty texts for those that were not started.
struct Beginnings {
  std::string probe;
  std::string heartbeat;
  std::string lines;
  std::string recorder = {};
};
std::string hub_banner(const RunOptions& options, const Ground& ground, const HostFacts& facts,
                       const record::Plan& plan, const Beginnings& beginnings);

// "192.0.2.10, 2001:db8::10", or words for none.
std::string addresses_in_words(const HostFacts& facts);

}  // namespace holter::app
