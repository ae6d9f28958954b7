// The dns prober: one question over UDP to one resolver (RFC 1035), answered or not. Sends from a fresh port with a
// random id and takes only the answer to its own question (RFC 5452); anything else is waited over, and makes a
// bad_answer of what would be a timeout. An answer of any rcode but NOERROR and NXDOMAIN is a bad_answer too: the
// resolver is there and does not resolve; unless the plan expects something of `rcode` itself. RTT is between kernel
// stamps. Facts: rcode, answers, answer.
//
// The target is the resolver: an address or a name, asked on port 53, or an address with its port ("192.0.2.1:5353").
#pragma once

#include "env/env.h"
#include "probe/expectation.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

env::Task<record::ProbeResult> probe_dns(env::Env env, record::ProbePlan plan, const Expectations& expectations);

}  // namespace holter::probe
