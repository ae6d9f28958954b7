// Probers is the registry: which kinds of probe this holter can run, and what runs each. Adding a prober is one row in
// probers.cc. Holds what probes of a kind share (the echo sockets). One loop; outlives the probes it runs.
#pragma once

#include "env/env.h"
#include "probe/echo.h"
#include "record/probe_plan.h"

namespace holter::probe {

class Probers {
 public:
  explicit Probers(env::Env env) : env_(env), echo_(env) {}

  static bool know(record::ProbeKind kind);
  // Once. `plan.kind` is one that is known.
  env::Task<record::ProbeResult> probe(record::ProbePlan plan);
  EchoEngine& echo() { return echo_; }
  // Probes must have ended before.
  env::Task<void> stop() { return echo_.stop(); }

 private:
  struct Row;
  static const Row* row_of(record::ProbeKind kind);

  env::Env env_;
  EchoEngine echo_;
};

}  // namespace holter::probe
