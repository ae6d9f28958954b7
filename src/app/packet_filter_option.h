// The option --filter and the operand FILTER of a command over packets, as a compiled filter over packets.
#pragma once

#include <optional>

#include "cli/arguments.h"
#include "filter/packet_filter.h"

namespace holter::app {

// Both have to match when both are given; no filter when neither is. An error's message is the mistake, drawn.
base::Result<std::optional<filter::PacketFilter>> packet_filter_of(const cli::Arguments& arguments);

}  // namespace holter::app
