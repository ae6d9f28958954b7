#include "capture/pipeline.h"

#include <algorithm>

#include "capture/asked_frame.h"
#include "capture/packet_record.h"

namespace holter::capture {
namespace {

base::PacketTime packet_time(base::WallTime t) { return base::PacketTime::from_nanoseconds(t.in_nanoseconds()); }

flow::FlowOptions flow_options(const PipelineOptions& options) {
  return {options.interface, options.flow_limit, options.flow_seed, options.recorded.export_interval};
}

}  // namespace

Pipeline::Pipeline(PipelineOptions options)
    : options_(std::move(options)), wanted_(options_.filter), flows_(flow_options(options_)) {
  if (!options_.recorded.flows) flows_.make_no_records();
  interval_.interface = totals_.interface = options_.interface;
  interval_.worker = totals_.worker = options_.worker;
  if (options_.recorder) recorder_.emplace(*options_.recorder);
}

void Pipeline::begin_source(std::uint16_t hardware_type, Moment now) {
  link_ = wire::link_type_of_arphrd(hardware_type);
  loopback_ = hardware_type == wire::kArphrdLoopback;
  if (recorder_) recorder_->begin_source(options_.interface, link_, packet_time(now.wall));
  accounting_.begin(now.wall);
  if (totals_.from == base::WallTime()) totals_.from = now.wall;
  packet_records_left_ = options_.recorded.packets_per_second;
  rate_renewed_at_ = now.wall;
  wall_offset_ =
      base::Duration::nanoseconds(base::Duration::subtract(now.wall.in_nanoseconds(), now.instant.in_nanoseconds()));
}

void Pipeline::rename(const std::string& interface) {
  options_.interface = interval_.interface = totals_.interface = interface;
  flows_.rename(interface);
  if (recorder_) recorder_->rename(interface);
}

void Pipeline::process(std::span<const env::Frame> frames, std::vector<record::Record>& out) {
  while (!frames.empty()) {
    const std::size_t most = std::min(frames.size(), kTogether);
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(most, accounting_.frames_left()));
    process_batch(frames.first(n), out);
    frames = frames.subspan(n);
    accounting_.take(n);
    deliver(out);
    if (const auto interval = accounting_.close()) close_interval(*interval, out);
  }
}

// Sums over payloads are verified for filters that ask, and of packets that are recorded one by one: nothing else is
// told of them, and they cost more than all the rest. Behind a filter only what passes is worth that.
void Pipeline::process_batch(std::span<const env::Frame> frames, std::vector<record::Record>& out) {
  const bool sums = wanted_.needs_checksums();
  const bool records_all = wanted_.takes_everything();
  std::size_t n = 0;
  for (const env::Frame& frame : frames) {
    const bool verified = sums || (records_all && packet_records_left_ != 0);
    wire::Packet& packet = taken_[n];
    wire::decode(frame.bytes, frame.original_length, link_, hints_of(frame), {.checksums = verified}, packet);
    if (!take(frame, packet)) continue;
    taken_at_[n++] = frame.captured_at;
    if (options_.recorded.packets_per_second != 0) record_packet(frame, packet, verified, out);
  }
  flows_.observe_batch(std::span(taken_).first(n), std::span(taken_at_).first(n), ended_flows_);
}

bool Pipeline::take(const env::Frame& frame, const wire::Packet& packet) {
  ++interval_.received;
  interval_.received_bytes += frame.original_length;
  if (!heard_hosts_.awaits_nobody() && !loopback_) heard_hosts_.observe(packet, frame.direction);
  if (!probe_packets_.awaits_nothing()) {
    probe_packets_.observe(packet, frame.bytes, frame.direction, loopback_, frame.captured_at);
  }
  if (changes::WireChanges::may_matter(packet) && !loopback_) watch(frame, packet);
  if (exclusions_.covers(packet)) {
    ++interval_.own;
    return false;
  }
  if (recorder_) recorder_->record(recorded_frame(frame), packet);
  if (!wanted_.takes_everything() && !wanted_.wants(asked_frame(frame, link_, options_.interface), packet)) {
    ++interval_.filtered;
    return false;
  }
  interval_.undecoded += packet.undecoded();
  interval_.truncated += packet.truncated || packet.has(wire::Anomaly::header_malformed);
  return true;
}

void Pipeline::watch(const env::Frame& frame, const wire::Packet& packet) {
  const bool outgoing = frame.direction == env::FrameDirection::outgoing;
  changes_.observe({frame.bytes, frame.original_length, link_, hints_of(frame), outgoing}, packet, frame.captured_at);
}

void Pipeline::record_packet(const env::Frame& frame, const wire::Packet& packet, bool verified,
                             std::vector<record::Record>& out) {
  if (packet_records_left_ == 0) {
    ++packet_records_shed_;
    return;
  }
  --packet_records_left_;
  if (verified) {
    out.emplace_back(packet_record_of(frame, packet, link_, options_.interface));
    return;
  }
  const wire::Packet whole = wire::decode(frame.bytes, frame.original_length, link_, hints_of(frame));
  out.emplace_back(packet_record_of(frame, whole, link_, options_.interface));
}

void Pipeline::deliver(std::vector<record::Record>& out) {
  for (auto& flow : ended_flows_) out.emplace_back(std::move(flow));
  ended_flows_.clear();
  changes_.take(options_.interface, out);
}

void Pipeline::read(const env::FrameCounters& counters, Moment now, std::vector<record::Record>& out) {
  notice_wall_step(now);
  accounting_.read(counters, now.wall);
  const auto taken_up_to = packet_time(now.wall - kRingLag);
  flows_.advance(taken_up_to, ended_flows_);
  changes_.advance(taken_up_to);
  deliver(out);
  renew_packet_rate(now.wall, out);
  totals_.to = now.wall;
  totals_.flows = flows_.size();
  if (const auto interval = accounting_.close()) close_interval(*interval, out);
}

void Pipeline::notice_wall_step(Moment now) {
  const auto offset =
      base::Duration::nanoseconds(base::Duration::subtract(now.wall.in_nanoseconds(), now.instant.in_nanoseconds()));
  // Packet time follows the wall clock. Held at the old hour, no conversation would end until the clock is back there.
  if (wall_offset_ - offset > kWallStepBack) flows_.end_all(ended_flows_);
  wall_offset_ = offset;
}

void Pipeline::renew_packet_rate(base::WallTime at, std::vector<record::Record>& out) {
  if (packet_records_shed_ != 0) {
    record::Gap gap;
    gap.cause = record::GapCause::queue_full;
    gap.lane = record::Lane::packets;
    gap.count = packet_records_shed_;
    gap.from = rate_renewed_at_;
    gap.to = at;
    gap.where = "packet records of " + options_.interface;
    out.emplace_back(std::move(gap));
  }
  packet_records_shed_ = 0;
  packet_records_left_ = options_.recorded.packets_per_second;
  rate_renewed_at_ = at;
}

void Pipeline::close_interval(const Interval& interval, std::vector<record::Record>& out) {
  interval_.from = interval.from;
  interval_.to = interval.to;
  interval_.kernel_packets = interval.kernel_packets;
  interval_.kernel_drops = interval.kernel_drops;
  interval_.kernel_refused = interval.kernel_refused;
  interval_.refused_uncounted = interval.refused_uncounted;
  interval_.flows = flows_.size();
  interval_.flows_evicted = flows_.counters().evicted - evicted_before_;
  evicted_before_ = flows_.counters().evicted;
  totals_.add_counts(interval_);
  newest_ = interval_;
  out.emplace_back(interval_);
  const std::uint64_t lost = interval.missing + interval.kernel_drops;
  if (lost != 0) {
    record::Gap gap;
    gap.cause = record::GapCause::capture_loss;
    gap.lane = record::Lane::packets;
    gap.count = lost;
    gap.from = interval.from;
    gap.to = interval.to;
    gap.where = "capture " + options_.interface;
    out.emplace_back(std::move(gap));
  }
  interval_ = {};
  interval_.interface = options_.interface;
  interval_.worker = options_.worker;
}

void Pipeline::end_source(const env::FrameCounters& last, Moment now, std::vector<record::Record>& out) {
  if (recorder_) recorder_->end_source();
  read(last, now, out);
  if (const auto interval = accounting_.close_for_good()) close_interval(*interval, out);
}

void Pipeline::end_all(std::vector<record::Record>& out) {
  flows_.end_all(ended_flows_);
  deliver(out);
  totals_.flows = 0;
}

}  // namespace holter::capture
