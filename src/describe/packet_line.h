// One packet in one line, for people: when, where, what, how long, between whom, and what it says. The columns up to
// the addresses have a fixed width; what is wrong stands at the end in brackets. docs/packets.md explains the words.
//
//   2026-03-01T12:34:56.789012Z  eth0   TCP       74  192.0.2.1:40000       > 192.0.2.2:443          SYN seq 1000 …
//
// Pure. The text is safe for a terminal.
#pragma once

#include <string>

#include "describe/frame_facts.h"

namespace holter::describe {

// Without a line break.
std::string packet_line(const SeenFrame& frame);

}  // namespace holter::describe
