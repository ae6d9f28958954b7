// What a trace says of its path: outcome, facts and a sentence. Pure.
#pragma once

#include "probe/measurement.h"
#include "probe/trace/table.h"
#include "record/path.h"

namespace holter::probe {

// What a trace knows beside the path.
struct TraceEnd {
  std::optional<base::Duration> rtt;  // of the target, when it answered
  base::Duration timeout;
  TracePort port = TracePort::unknown;
  std::uint16_t port_number = 0;
};

// The result of a trace that found this path.
record::ProbeResult report(record::ProbeResult result, record::Path path, const TraceEnd& end);

// The most branches that a hop of the path has.
std::size_t most_branches(const record::Path& path);

}  // namespace holter::probe
