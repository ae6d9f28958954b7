// What every prober does at its start and end: a result filled with what is known before the first packet leaves, and
// the ways it can fail, as a typed outcome with the phase and a sentence that says why. Pure, but for resolve_target().
#pragma once

#include <string>

#include "base/ip.h"
#include "base/result.h"
#include "env/env.h"
#include "probe/way.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

// Of a result's detail: a peer may send much more.
inline constexpr std::size_t kMaxDetailBytes = 512;

record::ProbeResult begin(const env::Env& env, const record::ProbePlan& plan);

record::ProbeResult failed(record::ProbeResult result, record::Outcome outcome, record::Phase phase,
                           std::string detail);
// The outcome that an error of the operating system or of a quoted ICMP message stands for.
record::ProbeResult failed(record::ProbeResult result, const base::Error& error, record::Phase phase);

// A round trip between kernel stamps where both are there; else between the loop's own clock readings. A step of the
// wall clock between the stamps would falsify them: they are not taken when it moved against the Instant.
struct RoundTrip {
  base::Instant sent_at;
  base::Instant received_at;
  std::optional<base::PacketTime> sent_stamp;
  std::optional<base::PacketTime> received_stamp;
  base::Duration wall_stepped = {};  // how far wall_offset() moved from before the send to after the arrival
};
struct RoundTripTime {
  base::Duration rtt;
  bool kernel_stamped = false;
};
RoundTripTime time_of(const RoundTrip& trip);
// What the wall clock shows beyond the Instant. Moves when it is stepped.
base::Duration wall_offset(const env::Env& env);

record::ProbeResult succeeded(record::ProbeResult result, const RoundTrip& trip);

// A line of the transcript: what was sent, came or was noted at that time.
void note(record::ProbeResult& result, base::Instant at, record::Direction direction, std::string_view text);

// The addresses of the target by `deadline`, in the order to try: those of the way's family, one first that this host
// has a route to. At least one. Notes in `result`, which outlives the task, the time it took when the target is a
// name.
env::Task<base::Result<std::vector<base::IpAddress>>> resolve_all(env::Env env, std::string target, Way way,
                                                                  base::Instant deadline, record::ProbeResult& result);
// The first of them, which is the result's address then.
env::Task<base::Result<base::IpAddress>> resolve_target(env::Env env, std::string target, Way way,
                                                        base::Instant deadline, record::ProbeResult& result);

}  // namespace holter::probe
