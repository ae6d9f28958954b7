// Pipeline is the passive river without the outside world: frames and counter readings go in, records come out. Frame
// by frame it decodes, leaves out holter's own packets and those that the filter refuses (both are counted), counts
// conversations and, up to a rate, records each packet; at each reading it closes an interval (accounting.h). What the
// rate shed is named by a Gap. Changes of the network are seen in every frame, whatever the filter. No clock, no I/O;
// the caller says what time it is. One thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/accounting.h"
#include "capture/exclusions.h"
#include "capture/heard_hosts.h"
#include "capture/limits.h"
#include "capture/probe_packets.h"
#include "changes/wire_changes.h"
#include "env/frames.h"
#include "filter/capture_filter.h"
#include "flow/flow_table.h"
#include "record/record.h"
#include "recorder/writer.h"
#include "wire/dispatch.h"

namespace holter::capture {

// What is remembered of the packets that the filters let pass.
struct Recorded {
  std::uint32_t packets_per_second = kDefaultPacketRecordsPerSecond;  // one by one, at most; 0: none
  bool flows = true;
  base::Duration export_interval = flow::kActiveInterval;  // of conversations that go on; zero: at their end only
};

struct PipelineOptions {
  std::string interface = {};
  std::uint32_t worker = 0;  // of those that share it
  Recorded recorded = {};
  std::size_t flow_limit = flow::kDefaultFlowLimit;
  std::uint64_t flow_seed = 0;  // random
  filter::CaptureFilter filter = {};
  // Every frame but holter's own goes there too, also those that the filter refuses: it says what is remembered for
  // long, and nobody knows beforehand which frames explain an outage.
  std::optional<recorder::Ring> recorder = {};
};

struct Moment {
  base::Instant instant;
  base::WallTime wall;
};

class Pipeline {
 public:
  explicit Pipeline(PipelineOptions options);

  // Frames of a new ring follow; `hardware_type` is its ARPHRD.
  void begin_source(std::uint16_t hardware_type, Moment now);
  void process(std::span<const env::Frame> frames, std::vector<record::Record>& out);
  // From the next frame on; conversations that it refuses end when they are idle.
  void set_filter(const filter::CaptureFilter& filter) { wanted_ = filter::CaptureMatch(filter); }
  // Once a kReadingInterval: the kernel's counters since the last call.
  void read(const env::FrameCounters& counters, Moment now, std::vector<record::Record>& out);
  // The ring is gone; `last` as for read(), zeros when it could not be read. Conversations stay.
  void end_source(const env::FrameCounters& last, Moment now, std::vector<record::Record>& out);
  // Nothing follows: every conversation ends.
  void end_all(std::vector<record::Record>& out);

  // The interface has another name from here on.
  void rename(const std::string& interface);

  // Frames of these hosts have a share of the recorder to themselves.
  void set_monitored(const std::vector<base::IpAddress>& hosts) {
    if (recorder_) recorder_->set_monitored(hosts);
  }
  Exclusions& exclusions() { return exclusions_; }
  // Of all frames, also of those that are left out of what is recorded. Nobody is heard over the loopback.
  HeardHosts& heard_hosts() { return heard_hosts_; }
  const HeardHosts& heard_hosts() const { return heard_hosts_; }
  // Looked for in all frames, whatever the filter.
  ProbePackets& probe_packets() { return probe_packets_; }
  // Of this host: a change of theirs is told as the gateway's.
  void set_gateways(const std::vector<base::IpAddress>& gateways) { changes_.set_gateways(gateways); }
  // The sums of all closed intervals since the pipeline was made, so that they add up as each of them does.
  const record::CaptureStats& totals() const { return totals_; }
  // The interval closed last.
  const record::CaptureStats& newest() const { return newest_; }
  std::vector<record::FlowRecord> top(std::size_t n) const { return flows_.top(n); }

 private:
  static constexpr std::size_t kTogether = 64;  // frames decoded before their conversations are counted

  // At most kTogether.
  void process_batch(std::span<const env::Frame> frames, std::vector<record::Record>& out);
  // Whether it is to be remembered.
  bool take(const env::Frame& frame, const wire::Packet& packet);
  void watch(const env::Frame& frame, const wire::Packet& packet);
  // `verified`: the packet was decoded with its sums.
  void record_packet(const env::Frame& frame, const wire::Packet& packet, bool verified,
                     std::vector<record::Record>& out);
  void close_interval(const Interval& interval, std::vector<record::Record>& out);
  void renew_packet_rate(base::WallTime at, std::vector<record::Record>& out);
  void notice_wall_step(Moment now);
  void deliver(std::vector<record::Record>& out);

  PipelineOptions options_;
  filter::CaptureMatch wanted_;
  Exclusions exclusions_;
  std::optional<recorder::Writer> recorder_;
  HeardHosts heard_hosts_;
  ProbePackets probe_packets_;
  changes::WireChanges changes_;
  flow::FlowTable flows_;
  Accounting accounting_;
  wire::LinkType link_ = wire::LinkType::unknown;
  bool loopback_ = false;
  record::CaptureStats interval_;  // being counted
  record::CaptureStats newest_;
  record::CaptureStats totals_;
  std::array<wire::Packet, kTogether> taken_;  // of the batch
  std::array<base::PacketTime, kTogether> taken_at_;
  std::vector<record::FlowRecord> ended_flows_;
  std::uint32_t packet_records_left_ = 0;
  std::uint64_t packet_records_shed_ = 0;
  base::WallTime rate_renewed_at_;
  base::Duration wall_offset_;
  std::uint64_t evicted_before_ = 0;
};

}  // namespace holter::capture
