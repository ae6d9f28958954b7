// The http and https probers: one request of a URL (RFC 9110) over a connection of its own, and those that redirects
// lead to, each over one of its own. A status below 400 is ok; 400 and above, a certificate that does not hold, an
// answer that breaks off, is no HTTP, or is longer than kMaxHttpBodyBytes as it comes or unpacked is a bad_answer, with
// the phase it happened in. A plan that expects something of `status` decides itself which one is good.
//
// RTT is from the start of the connection to the answer's first byte: connect, tls and first_byte together, of all
// requests, without the resolution of names, so that a lost SYN or a slow handshake shows in it. Times are libcurl's,
// in microseconds. A probe holds at most two bodies at a time: the one that came and the one unpacked from it.
#pragma once

#include "env/env.h"
#include "probe/http/answer.h"

namespace holter::probe {

env::Task<record::ProbeResult> probe_http(env::Env env, record::ProbePlan plan, const Expectations& expectations);

}  // namespace holter::probe
