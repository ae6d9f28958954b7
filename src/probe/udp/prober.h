// The udp prober: one datagram to one port (RFC 768), and what comes of it. A reply, which must come from the asked
// address and port, is ok; an ICMP port unreachable is refused; silence is a timeout, for a port that is open and says
// nothing looks as one that a filter drops. The target is HOST:PORT.
//
// RTT is between kernel stamps. After the reply it listens a little longer, since what doubles a datagram on the way
// does it then. Facts: port_state, reply, reply_bytes, duplicates.
#pragma once

#include "env/env.h"
#include "probe/option.h"
#include "probe/payload.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

struct UdpOptions : Way {
  std::optional<Payload> send;  // absent: the usual one of the port
  bool silence_is_ok = false;
};

inline constexpr auto kUdpOptions = std::to_array<Option<UdpOptions>>({
    option<&UdpOptions::send>({"send", "TEXT", "What to send: a text with \\r \\n \\xNN, hex:00ff or (udp) named:dns"}),
    option<&UdpOptions::silence_is_ok>({"silence_is_ok", "", "No reply is good as well: open or filtered"}),
});

env::Task<record::ProbeResult> probe_udp(env::Env env, record::ProbePlan plan);

}  // namespace holter::probe
