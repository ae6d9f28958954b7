// FlowTable counts conversations on packet time. Packets go in, one by one or many at once; records come out at the end
// of each flow (idle, FIN, reset, evicted, reopened, shutdown) and every `interim` while it goes on. Time is the
// largest stamp seen: a stamp behind it is taken as now and counted (`clamped`), one far behind it begins a new
// reckoning. Full, the flow that was silent longest goes first, counted. What is counted follows from the packets
// alone: silence ends a flow exactly at its timeout, however late that is noticed. Pure and deterministic: the same
// calls give the same records. Nothing is allocated for a packet of a known flow. One thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "flow/age_wheel.h"
#include "flow/flow_pool.h"
#include "flow/interim_queue.h"
#include "flow/limits.h"
#include "flow/rarities.h"

namespace holter::flow {

struct FlowOptions {
  std::string interface;
  std::size_t limit = kDefaultFlowLimit;     // 1 to kMostFlows
  std::uint64_t seed = 0;                    // of the hash: random, and never shown
  base::Duration interim = kActiveInterval;  // between records of a flow that goes on; zero: none
};

struct FlowCounters {
  std::uint64_t packets = 0;     // counted in a flow
  std::uint64_t without_ip = 0;  // belong to none
  std::uint64_t created = 0;
  std::uint64_t ended = 0;
  std::uint64_t evicted = 0;
  std::uint64_t clamped = 0;
  std::uint64_t steps_back = 0;
};

class FlowTable {
 public:
  explicit FlowTable(FlowOptions options);

  // Appends the records of flows that ended or were due meanwhile.
  void observe(const wire::Packet& packet, base::PacketTime at, std::vector<record::FlowRecord>& out);
  // The same for many, each at its time, and faster: what the next ones touch is fetched while one is counted.
  void observe_batch(std::span<const wire::Packet> packets, std::span<const base::PacketTime> at,
                     std::vector<record::FlowRecord>& out);
  // Time went on without packets.
  void advance(base::PacketTime now, std::vector<record::FlowRecord>& out);
  // Ends every flow with EndReason::shutdown, and forgets the time: the next stamp may lie anywhere.
  void end_all(std::vector<record::FlowRecord>& out);

  // The same for at most `most` flows; false when none is left, and until then nothing else may be asked.
  bool end_some(std::size_t most, std::vector<record::FlowRecord>& out);
  // Nobody wants more records: what ends from here on is only counted.
  void make_no_records() { makes_records_ = false; }

  // Records carry this name from here on.
  void rename(std::string interface) { options_.interface = std::move(interface); }

  std::size_t size() const { return pool_.size(); }
  const FlowCounters& counters() const { return counters_; }
  // The n conversations with the most bytes, the most first.
  std::vector<record::FlowRecord> top(std::size_t n) const;

 private:
  // What of a packet can be told without the table.
  struct Sight {
    DirectedKey directed;
    std::uint64_t hash = 0;
    std::uint32_t guess = kNone;  // its flow, if nothing happens to it until then
    bool counts = false;
  };
  static constexpr std::size_t kTogether = 32;  // packets whose flows are fetched at once

  void observe(const wire::Packet& packet, const Sight& sight, base::PacketTime at,
               std::vector<record::FlowRecord>& out);
  void move_time(base::PacketTime at, std::vector<record::FlowRecord>& out);
  void end_what_is_due(std::vector<record::FlowRecord>& out);
  std::uint32_t flow_for(const wire::Packet& packet, const Sight& sight, std::vector<record::FlowRecord>& out);
  std::uint32_t start(const wire::Packet& packet, const Sight& sight, std::vector<record::FlowRecord>& out);
  void count(Flow& flow, unsigned side, const wire::Packet& packet);
  void end(std::uint32_t number, record::EndReason reason, std::vector<record::FlowRecord>& out);
  void end_silent(AgeWheel& wheel, std::vector<record::FlowRecord>& out);
  void forget();
  void evict_oldest(std::vector<record::FlowRecord>& out);
  void export_active(std::vector<record::FlowRecord>& out);
  record::FlowRecord record(const Flow& flow, record::EndReason reason) const;
  AgeWheel& wheel_of(const Flow& flow) { return wheels_[static_cast<std::size_t>(flow.patience)]; }

  FlowOptions options_;
  FlowPool pool_;
  Rarities rarities_;
  std::array<AgeWheel, kPatienceCount> wheels_;
  InterimQueue interim_;
  base::PacketTime now_;
  base::PacketTime quiet_until_;  // nothing is due before
  FlowCounters counters_;
  std::uint32_t ending_ = 0;  // flows below this number are ended already
  bool makes_records_ = true;
};

}  // namespace holter::flow
