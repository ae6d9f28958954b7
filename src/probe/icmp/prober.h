// EchoEngine is the icmp prober: it makes of a plan one of the EchoProbes under way. One loop; must outlive the probes
// it runs.
#pragma once

#include <memory>
#include <string>

#include "env/env.h"
#include "probe/icmp/probes.h"
#include "record/probe_plan.h"

namespace holter::probe {

class EchoEngine {
 public:
  using Done = EchoProbes::Done;

  // What it sends is announced; `announcer` outlives it.
  EchoEngine(env::Env env, Announcer& announcer)
      : env_(env), announcer_(announcer), probes_(std::make_shared<EchoProbes>(env)) {}

  env::Task<record::ProbeResult> probe(record::ProbePlan plan);
  // The same without a coroutine, for a target that is an address; false for a name. `done` is told on the loop, not
  // from within, and never behind stop().
  bool start(const record::ProbePlan& plan, Done done);
  // Which sockets are in use, in words for the banner: "raw", "unprivileged", "none: why".
  std::string describe() { return probes_->describe(); }
  // Ends all of it; probe() must have ended before.
  env::Task<void> stop() { return probes_->stop(); }

 private:
  env::Env env_;
  Announcer& announcer_;
  // Shared with the probes that are waited for: when a loop is torn down, their frames may die after the engine.
  std::shared_ptr<EchoProbes> probes_;
};

}  // namespace holter::probe
