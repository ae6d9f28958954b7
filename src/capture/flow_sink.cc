#include "capture/flow_sink.h"

namespace holter::capture {
namespace {

constexpr std::size_t kEndedTogether = 256;  // records that wait at most, at the end

}  // namespace

FlowSink::FlowSink(flow::FlowOptions options, Give give) : table_(std::move(options)), give_(std::move(give)) {}

void FlowSink::take(const ReadPackets& several) {
  times_.clear();
  for (const wire::CapturedFrame& frame : several.frames) {
    // A frame without a stamp was there when the one before it was.
    time_ = frame.captured_at.value_or(time_);
    times_.push_back(time_);
  }
  table_.observe_batch(several.packets, times_, records_);
}

base::Result<void> FlowSink::flush() {
  if (records_.empty()) return {};
  auto given = give_(records_);
  records_.clear();
  return given;
}

base::Result<void> FlowSink::finish() {
  for (bool more = true; more;) {
    more = table_.end_some(kEndedTogether, records_);
    if (auto given = flush(); !given) return given;
  }
  return {};
}

}  // namespace holter::capture
