// What an http probe's last answer means: ok or a typed failure, its facts, and what is said of it in words. Pure.
#pragma once

#include "probe/expectation.h"
#include "probe/http/visit.h"

namespace holter::probe {

record::ProbeResult judge_http(record::ProbeResult result, const HttpVisit& visit, base::Duration timeout,
                               const Expectations& expectations);

}  // namespace holter::probe
