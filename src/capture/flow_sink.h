// FlowSink counts the packets of a capture file as conversations, and hands their records on as they end; the last ones
// at the end of the file. Memory does not grow with the file: a table of at most so many conversations. One thread.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "capture/packet_sink.h"
#include "flow/flow_table.h"

namespace holter::capture {

class FlowSink final : public PacketSink {
 public:
  // Takes records as they come; an error ends the reading.
  using Give = std::function<base::Result<void>(std::span<const record::FlowRecord>)>;

  FlowSink(flow::FlowOptions options, Give give);

  bool wants_fields() const override { return false; }
  void take(const ReadPackets& several) override;
  std::size_t waiting() const override { return records_.size() * sizeof(record::FlowRecord); }
  base::Result<void> flush() override;
  base::Result<void> finish() override;

  // Nobody takes more: what ends from here on is only counted.
  void give_no_more() { table_.make_no_records(); }

  const flow::FlowCounters& counters() const { return table_.counters(); }

 private:
  flow::FlowTable table_;
  Give give_;
  base::PacketTime time_;
  std::vector<base::PacketTime> times_;
  std::vector<record::FlowRecord> records_;
};

}  // namespace holter::capture
