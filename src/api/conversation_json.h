// A conversation's record as members of a JSON object: the same in the API and in `holter flows --json`. docs/flows.md
// says what each means.
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "record/traffic.h"

namespace holter::api {

// Into the open object; times with so many digits of the second's fraction.
void write_conversation_members(base::JsonWriter& json, const record::FlowRecord& flow, unsigned fraction_digits);

// "tcp"; empty for a protocol without a name here.
std::string_view protocol_name(std::uint8_t ip_protocol);

// ["syn", "ack"]
void write_tcp_flags(base::JsonWriter& json, std::uint8_t flags);

}  // namespace holter::api
