// What a probe found beyond its outcome, in JSON: facts by name, each with all its values, and the transcript. The same
// in /api/v1/results and in `holter probe --json`. Pure.
#pragma once

#include "base/json_writer.h"
#include "record/probe_result.h"

namespace holter::api {

// Members of the open object: "facts": {"status": [200], "certificate_left_ms": [86400000.0]}, a duration with its unit
// in the name; "transcript": [{"at_ms": 1.2, "direction": "sent", "text": "SYN"}].
// Of a trace also "path" (api/path_json.h), and "path_before" when it changed.
void write_findings(base::JsonWriter& json, const record::ProbeResult& result);

}  // namespace holter::api
