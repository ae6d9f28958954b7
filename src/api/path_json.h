// A path as JSON, the same in /api/v1/results and in `holter probe --json`. Pure.
#pragma once

#include "base/json_writer.h"
#include "record/path.h"

namespace holter::api {

// {"end": "reached", "hops": [{"ttl": 1, "sent": 6, "shared": false, "branches": [{"address": "192.0.2.1",
// "answered": 6, "rtt_min_ms": 0.1, "rtt_avg_ms": 0.1, "rtt_max_ms": 0.2, "says": null, "labels": [16001]}]}]}; null of
// what was not traced. `says` are the words of an ICMP error that ends the way.
void write_path(base::JsonWriter& json, const record::Path& path);

}  // namespace holter::api
