// Probers is the registry: which kinds of probe this holter can run, and what runs each. Adding a prober is one row
// in probers.cc. Holds what probes of a kind share (the sockets of echoes, traces and questions), and has what they
// send announced. One loop; outlives the probes it runs.
#pragma once

#include <functional>

#include "env/env.h"
#include "probe/announcer.h"
#include "probe/dns/sockets.h"
#include "probe/expectation.h"
#include "probe/icmp/prober.h"
#include "probe/option.h"
#include "probe/trace/prober.h"
#include "record/probe_plan.h"

namespace holter::probe {

struct PlanMistake {
  std::string_view key;  // where: "target", "expect", "options", ... as in [[probe]]
  std::string text;      // a sentence for who wrote it
};

class Probers {
 public:
  explicit Probers(env::Env env)
      : env_(env), announcer_(env.clock), echo_(env, announcer_), trace_(env, announcer_), dns_sockets_(env) {}

  static bool know(record::ProbeKind kind);
  // What options of a [[probe]] and the command line may say of this kind, which is one that is known, beside what
  // they may say of every kind: way_options().
  static std::vector<OptionWords> options(record::ProbeKind kind);
  // Why this holter cannot run the plan; empty when it can.
  static std::optional<PlanMistake> mistake_in(const record::ProbePlan& plan);

  // Whether the plan, in which there is no mistake, goes out by a socket that only the broker opens.
  static bool needs_raw_socket(const record::ProbePlan& plan);

  // Once, and judged. There is no mistake in `plan`, and `expectations` are its own; both outlive the task.
  env::Task<record::ProbeResult> probe(const record::ProbePlan& plan, const Expectations& expectations);
  // The same without a coroutine for it, which is much cheaper; false where its kind or its target has no such way.
  // `done` is told on the loop, not from within, and never behind stop().
  using Done = std::function<void(record::ProbeResult)>;
  bool start(const record::ProbePlan& plan, const Expectations& expectations, Done done);
  EchoEngine& echo() { return echo_; }
  Announcer& announcer() { return announcer_; }
  // Whether plans of that kind, which is known, may have something to tell between two runs.
  static bool tell_changes(record::ProbeKind kind);
  // That: a result, judged, that cannot wait for the next run. Empty for a plan that has nothing to tell then. To be
  // cancelled when the plan ends; `expectations` outlive the task.
  std::optional<env::Task<record::ProbeResult>> change(const record::ProbePlan& plan, const Expectations& expectations);
  // Probes, and what waits for changes, must have ended before.
  env::Task<void> stop();

 private:
  struct Run;
  struct Row;
  static const Row* row_of(record::ProbeKind kind);

  env::Env env_;
  Announcer announcer_;
  EchoEngine echo_;
  TraceEngine trace_;
  DnsSockets dns_sockets_;
};

}  // namespace holter::probe
