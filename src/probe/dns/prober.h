// The dns prober: one question to one resolver over UDP, TCP, TLS or HTTPS, answered or not. Sends from a port that
// changes (dns/sockets.h) with a random id, and takes only the answer to its own question (RFC 5452); anything else is
// waited over, and makes a bad_answer of what would be a timeout. An answer of any rcode but NOERROR and NXDOMAIN is a
// bad_answer too: the resolver is there and does not resolve; unless the plan expects something of `rcode` itself. A
// truncated answer is told as one and not asked for again. With `validate` an answer that is not proved is a
// bad_answer, unless the plan expects something of `dnssec` itself.
//
// rtt is from the question to its answer, over UDP between kernel stamps; connect and tls are phases before it. Facts:
// rcode, answers, ttl, serial, authoritative, ad, truncated, nsid,
// dnssec, alias, answer, answer_address.
//
// The target is the resolver: an address or a name, with a port or asked on the usual one, or the URL of one that is
// asked over HTTPS.
#pragma once

#include "env/env.h"
#include "probe/announcer.h"
#include "probe/dns/sockets.h"
#include "probe/expectation.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

// There is no mistake in the plan. What leaves by `sockets` is announced so.
env::Task<record::ProbeResult> probe_dns(env::Env env, DnsSockets& sockets, record::ProbePlan plan,
                                         const Expectations& expectations, Announced announced = {});

}  // namespace holter::probe
