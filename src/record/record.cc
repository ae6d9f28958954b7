#include "record/record.h"

namespace holter::record {
namespace {

struct LaneOf {
  Lane operator()(const ProbeResult&) const { return Lane::results; }
  Lane operator()(const PulseChange&) const { return Lane::incidents; }
  Lane operator()(const PulseMessage&) const { return Lane::incidents; }
  Lane operator()(const FlowRecord&) const { return Lane::flows; }
  Lane operator()(const PacketRecord&) const { return Lane::packets; }
  Lane operator()(const CaptureStats&) const { return Lane::results; }
  Lane operator()(const NetworkChange&) const { return Lane::incidents; }
  Lane operator()(const Gap&) const { return Lane::incidents; }
};

struct TimeOf {
  base::WallTime operator()(const ProbeResult& r) const { return r.started; }
  base::WallTime operator()(const PulseChange& r) const { return r.at; }
  base::WallTime operator()(const PulseMessage& r) const { return r.at; }
  base::WallTime operator()(const FlowRecord& r) const { return base::as_wall_time(r.last); }
  base::WallTime operator()(const PacketRecord& r) const { return base::as_wall_time(r.captured_at); }
  base::WallTime operator()(const CaptureStats& r) const { return r.to; }
  base::WallTime operator()(const NetworkChange& r) const { return r.at; }
  base::WallTime operator()(const Gap& r) const { return r.to; }
};

}  // namespace

void CaptureStats::add_counts(const CaptureStats& interval) {
  kernel_packets += interval.kernel_packets;
  kernel_drops += interval.kernel_drops;
  received += interval.received;
  received_bytes += interval.received_bytes;
  filtered += interval.filtered;
  own += interval.own;
  undecoded += interval.undecoded;
  truncated += interval.truncated;
  flows_evicted += interval.flows_evicted;
  kernel_refused += interval.kernel_refused;
  refused_uncounted |= interval.refused_uncounted;
}

Lane lane_of(const Record& record) { return std::visit(LaneOf(), record); }
base::WallTime time_of(const Record& record) { return std::visit(TimeOf(), record); }

}  // namespace holter::record
