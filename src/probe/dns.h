// The dns prober: one question over UDP to one resolver (RFC 1035), answered or not. Sends from a fresh port with a
// random id and takes only the answer to its own question (RFC 5452). An answer of any rcode but NOERROR and NXDOMAIN
// is a bad_answer: the resolver is there and does not resolve. RTT is between kernel stamps.
#pragma once

#include "env/env.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

env::Task<record::ProbeResult> probe_dns(env::Env env, record::ProbePlan plan);

}  // namespace holter::probe
