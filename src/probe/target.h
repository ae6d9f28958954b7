// What may stand as a probe's target, by kind, for whoever reads one from a person: the configuration, the command
// line. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/probe_plan.h"

namespace holter::probe {

// Why `target` is none for this kind, as the end of a sentence that begins with it: "needs a port, as in
// db.example:5432". Empty: it is one. icmp: an address or a name; ntp: the same, or HOST:PORT; dns: the same, or a URL;
// tcp, udp: HOST:PORT; http: a URL.
std::optional<std::string> target_mistake(record::ProbeKind kind, std::string_view target);

// The same of the plan's query, which only dns has.
std::optional<std::string> query_mistake(const record::ProbePlan& plan);

}  // namespace holter::probe
