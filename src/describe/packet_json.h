// One packet as one JSON object on one line: a key for each layer that was decoded, from the outside in, with numbers
// as numbers. docs/packets.md names every member. Pure.
//
//   {"frame":{"number":1,"time":"2026-03-01T12:34:56.789012345Z",…},"ethernet":{…},"ipv4":{…},"tcp":{…}}
#pragma once

#include <string>

#include "describe/packet_line.h"

namespace holter::describe {

// As packet_line(); without a line break.
std::string packet_json(base::Bytes captured, const wire::Packet& packet, const FrameFacts& facts);

}  // namespace holter::describe
