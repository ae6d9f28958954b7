// The ntp prober: one question of the time to one target over UDP (RFC 5905, client mode; version 3 or 4), from a fresh
// port. Its mark is random, and only a reply that repeats it is taken: anything else is waited over, and makes a
// bad_answer of what would be a timeout. A target that declines (kiss-o'-death) or says that its clock follows none is
// a bad_answer too, unless the plan expects something of `kiss`, or of `leap` or `stratum`, itself.
//
// rtt, offset and delay come from kernel stamps of the question's departure and the reply's arrival. Facts: version,
// leap, kiss or stratum, reference_id, offset, delay, root_delay, root_dispersion, server_time.
//
// The target is an address or a name, with a port or asked on port 123.
#pragma once

#include <array>

#include "env/env.h"
#include "probe/expectation.h"
#include "probe/ntp/message.h"
#include "probe/option.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

struct NtpOptions : Way {
  std::uint32_t version = kNtpNewest;
};
Wrong read_ntp_version(const std::string& value, NtpOptions& into);

inline constexpr auto kNtpOptions = std::to_array<Option<NtpOptions>>({
    {{"version", "NUMBER", "The version of NTP to ask in: 3 or 4 (default 4)"}, read_ntp_version},
});

// There is no mistake in the plan's options.
env::Task<record::ProbeResult> probe_ntp(env::Env env, record::ProbePlan plan, const Expectations& expectations);

}  // namespace holter::probe
