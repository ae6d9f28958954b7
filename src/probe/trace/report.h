// What a trace says of its path: outcome, facts and a sentence. Pure.
#pragma once

#include "probe/measurement.h"
#include "record/path.h"

namespace holter::probe {

// The result of a trace that found this path; `rtt` of the target, when it answered.
record::ProbeResult report(record::ProbeResult result, record::Path path, std::optional<base::Duration> rtt,
                           base::Duration timeout);

// The most branches that a hop of the path has.
std::size_t most_branches(const record::Path& path);

}  // namespace holter::probe
