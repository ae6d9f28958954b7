#include "capture/flow_reading.h"

#include "wire/dispatch.h"
#include "wire/file/capture_file.h"

namespace holter::capture {
namespace {

class FlowReading {
 public:
  FlowReading(const flow::FlowOptions& options, const std::optional<filter::PacketFilter>& filter, const FlowSink& sink)
      : table_(options), filter_(filter), sink_(sink) {
    packets_.reserve(kFlowBatch);
    times_.reserve(kFlowBatch);
  }

  FlowReadOutcome run(env::InputStream& input) {
    read_to_the_end(input);
    count_batch();
    table_.end_all(records_);
    if (outcome_.output) deliver();
    outcome_.flows = table_.counters();
    outcome_.recognised = reader_.recognised();
    outcome_.figures.dropped = reader_.dropped();
    return std::move(outcome_);
  }

 private:
  void read_to_the_end(env::InputStream& input) {
    std::vector<std::uint8_t> chunk(kReadChunkBytes);
    for (;;) {
      const auto got = input.read_some(chunk);
      if (!got) {
        outcome_.input = got.error();
        return;
      }
      if (*got == 0) {
        outcome_.input = reader_.finish();
        return;
      }
      reader_.feed(base::Bytes(chunk).first(*got));
      if (!take_frames()) return;
    }
  }

  // What the reader holds. False: something failed.
  bool take_frames() {
    for (;;) {
      const auto next = reader_.next();
      if (!next) {
        outcome_.input = next.error();
        return false;
      }
      if (!*next) return true;
      take(**next);
      if (packets_.size() < kFlowBatch) continue;
      count_batch();
      if (!deliver()) return false;
    }
  }

  void take(const wire::CapturedFrame& frame) {
    const wire::Packet packet =
        wire::decode(frame.bytes, frame.original_length, wire::link_type_of_pcap(frame.linktype));
    outcome_.figures.count(packet, frame.linktype);
    // A frame without a stamp was there when the one before it was.
    if (frame.captured_at) time_ = *frame.captured_at;
    if (filter_ && !filter_->matches(packet)) {
      ++outcome_.figures.filtered;
      return;
    }
    packets_.push_back(packet);
    times_.push_back(time_);
  }

  void count_batch() {
    table_.observe_batch(packets_, times_, records_);
    packets_.clear();
    times_.clear();
  }

  bool deliver() {
    if (!records_.empty()) outcome_.output = sink_(records_);
    records_.clear();
    return outcome_.output.has_value();
  }

  flow::FlowTable table_;
  const std::optional<filter::PacketFilter>& filter_;
  const FlowSink& sink_;
  wire::CaptureFileReader reader_;
  base::PacketTime time_;
  std::vector<wire::Packet> packets_;
  std::vector<base::PacketTime> times_;
  std::vector<record::FlowRecord> records_;
  FlowReadOutcome outcome_;
};

}  // namespace

FlowReadOutcome read_flows(env::InputStream& input, const flow::FlowOptions& options,
                           const std::optional<filter::PacketFilter>& filter, const FlowSink& sink) {
  return FlowReading(options, filter, sink).run(input);
}

}  // namespace holter::capture
