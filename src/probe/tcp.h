// The tcp prober: one connection to one port (RFC 9293), closed as soon as it stands; not a byte is sent. The target is
// HOST:PORT. Refused is a RST or an ICMP port unreachable, unreachable any other ICMP error, in its words; silence to
// the end is a timeout, which is what a filter that drops makes of a port.
//
// RTT is from before the SYN leaves to when the loop learns of the SYN/ACK, by the loop's clock: the kernel stamps no
// handshake. It is closed with FIN: that costs this host a minute of TIME_WAIT, where a RST would cost the target's
// owner a line in the log about a broken client.
#pragma once

#include "env/env.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

env::Task<record::ProbeResult> probe_tcp(env::Env env, record::ProbePlan plan);

}  // namespace holter::probe
