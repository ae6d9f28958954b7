// Reading a capture file from its beginning to its end as conversations: packets are decoded and counted in batches,
// and the records go to a sink as the conversations end, the last ones at the end of the file. Memory does not grow
// with the file: one chunk of input, one batch of packets, and a table of at most so many conversations. The streams
// block; no clock, no loop.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "capture/file_reading.h"
#include "env/streams.h"
#include "filter/packet_filter.h"
#include "flow/flow_table.h"

namespace holter::capture {

inline constexpr std::size_t kFlowBatch = 256;  // packets decoded before they are counted

// Takes records as they come; an error ends the reading.
using FlowSink = std::function<base::Result<void>(std::span<const record::FlowRecord>)>;

struct FlowReadOutcome {
  ReadFigures figures;
  flow::FlowCounters flows;
  bool recognised = false;    // it was a capture file
  base::Result<void> input;   // why reading ended early
  base::Result<void> output;  // why the sink ended it
};

FlowReadOutcome read_flows(env::InputStream& input, const flow::FlowOptions& options,
                           const std::optional<filter::PacketFilter>& filter, const FlowSink& sink);

}  // namespace holter::capture
