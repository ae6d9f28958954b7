// TraceEngine is the trace prober: Paris traceroute over UDP (default), ICMP or TCP. TraceCourse says what to ask next
// and what answers mean, TraceCarrier takes it to the network. What is known of the path to each target is kept from
// run to run (PathMemory), and looked at with a packet a second between the runs. One loop; must outlive the probes it
// runs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "probe/trace/carrier.h"
#include "probe/trace/memory.h"

namespace holter::probe {

inline constexpr std::size_t kMaxMemories = record::kMaxPlanEntries;
// Of one probe, whose name may have many.
inline constexpr std::size_t kMaxRememberedAddresses = 16;

class TraceEngine {
 public:
  // What it sends is announced; `announcer` outlives it.
  TraceEngine(env::Env env, Announcer& announcer);
  ~TraceEngine();

  env::Task<record::ProbeResult> probe(record::ProbePlan plan);
  // Looks from the first run on whether the path still holds, and returns a result as soon as it has changed. Empty
  // for a plan that remembers no path.
  std::optional<env::Task<record::ProbeResult>> change(const record::ProbePlan& plan);
  // Ends the receiving; probes and looks must have ended before.
  env::Task<void> stop();

 private:
  struct Asker;       // what all traces of one result have in common
  struct Remembered;  // the paths of one probe
  struct Watching;

  env::Task<void> trace_whole(Asker& asker);
  env::Task<void> find_mtu(Asker& asker);
  env::Task<bool> holds(Asker& asker, PathMemory& memory);
  env::Task<bool> remember(Asker& asker, PathMemory& memory);
  env::Task<record::ProbeResult> watch(record::ProbePlan plan, TraceOptions options);
  env::Task<std::optional<record::ProbeResult>> look(record::ProbePlan plan, TraceOptions options,
                                                     base::IpAddress target, std::shared_ptr<PathMemory> memory);
  std::shared_ptr<Remembered> remembered(const record::ProbePlan& plan);

  env::Env env_;
  Announcer& announcer_;
  TraceCarrier carrier_;
  std::map<std::string, std::shared_ptr<Remembered>> remembered_;  // by probe
};

}  // namespace holter::probe
