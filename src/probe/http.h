// The http prober: one GET of a URL, http or https (RFC 9110), over a connection of its own. A status below 400 is ok,
// a redirect too: it is told, not followed. 400 and above, a certificate that does not hold, an answer that breaks off
// or is longer than kMaxHttpBodyBytes is a bad_answer, with the phase it happened in. A plan that expects something of
// `status` decides itself which one is good. Facts: status, version, body_bytes, location, tls_version,
// certificate_left.
//
// RTT is from the start of the connection to the answer's first byte: connect, tls and first_byte together, without the
// name's resolution, so that a lost SYN or a slow handshake shows in it. Times are libcurl's, in microseconds.
#pragma once

#include "env/env.h"
#include "probe/expectation.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

inline constexpr std::size_t kMaxHttpBodyBytes = 1024 * 1024;

env::Task<record::ProbeResult> probe_http(env::Env env, record::ProbePlan plan, const Expectations& expectations);

// What an exchange means. Pure.
record::ProbeResult judge_http(record::ProbeResult result, const env::HttpExchange& exchange, base::Duration timeout,
                               const Expectations& expectations);

}  // namespace holter::probe
