// A stored record as the JSON object that docs/api.md shows for its subject. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "record/record.h"

namespace holter::api {

// An agent's name where it is known.
using NameOf = std::function<std::optional<std::string>(const base::AgentId&)>;

// One object; a record of no subject is an empty one.
void write_record(base::JsonWriter& json, const record::NamedRecord& named, const NameOf& name_of);
std::string record_json(const record::NamedRecord& named, const NameOf& name_of);

// What a record is called in the event stream: "result", "change", "message", "packet", "conversation",
// "network_change".
std::string_view event_name(const record::Record& record);

// The members of a result between its agent and its end, as "last" of a target has them too.
void write_outcome(base::JsonWriter& json, const record::ProbeResult& result);

// "8f…/1/results/42": agent, epoch, lane and sequence. Empty before the record was stored.
std::optional<std::string> id_text(const record::RecordId& id);

}  // namespace holter::api
