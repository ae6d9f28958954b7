// A probe's result in the metrics that blackbox_exporter has for it, with its names, so that a Prometheus that asked
// that program needs no other rules and dashboards. What holter measures and that program does not have (udp, ntp,
// trace) comes by the names of its facts: probe_ntp_offset_seconds. Pure; texts of peers come out as label values only.
#pragma once

#include <string>

#include "record/probe_result.h"

namespace holter::api {

// Prometheus' text format 0.0.4. `took` is the whole probe's time.
std::string blackbox_metrics(const record::ProbeResult& result, base::Duration took);

}  // namespace holter::api
