#include "capture/flow_sink.h"

namespace holter::capture {

FlowSink::FlowSink(flow::FlowOptions options, Give give) : table_(std::move(options)), give_(std::move(give)) {
  packets_.reserve(kFlowBatch);
  times_.reserve(kFlowBatch);
}

void FlowSink::take(const ReadPacket& packet) {
  // A frame without a stamp was there when the one before it was.
  if (packet.frame.captured_at) time_ = *packet.frame.captured_at;
  packets_.push_back(packet.packet);
  times_.push_back(time_);
  if (packets_.size() == kFlowBatch) count_batch();
}

void FlowSink::count_batch() {
  table_.observe_batch(packets_, times_, records_);
  packets_.clear();
  times_.clear();
}

base::Result<void> FlowSink::flush() {
  if (records_.empty()) return {};
  auto given = give_(records_);
  records_.clear();
  return given;
}

base::Result<void> FlowSink::finish() {
  count_batch();
  for (bool more = true; more;) {
    more = table_.end_some(kFlowBatch, records_);
    if (auto given = flush(); !given) return given;
  }
  return {};
}

}  // namespace holter::capture
