// What every prober does at its start and end: a result filled with what is known before the first packet leaves, and
// the ways it can fail, as a typed outcome with the phase and a sentence that says why. Pure.
#pragma once

#include <string>

#include "base/ip.h"
#include "base/result.h"
#include "env/env.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

record::ProbeResult begin(const env::Env& env, const record::ProbePlan& plan);

record::ProbeResult failed(record::ProbeResult result, record::Outcome outcome, record::Phase phase,
                           std::string detail);
// The outcome that an error of the operating system or of a quoted ICMP message stands for.
record::ProbeResult failed(record::ProbeResult result, const base::Error& error, record::Phase phase);

// A round trip between kernel stamps where both are there; else between the loop's own clock readings. A wall-clock
// step between the stamps would falsify them: they are taken only while both clocks tell the same story within 50 ms.
struct RoundTrip {
  base::Instant sent_at;
  base::Instant received_at;
  std::optional<base::PacketTime> sent_stamp;
  std::optional<base::PacketTime> received_stamp;
};
record::ProbeResult succeeded(record::ProbeResult result, const RoundTrip& trip);

// The first address of the target, in the `resolve` phase of `result`; a failed result when there is none.
env::Task<base::Result<base::IpAddress>> resolve_target(env::Env env, std::string target);

}  // namespace holter::probe
