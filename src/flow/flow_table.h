// FlowTable counts conversations on packet time. Packets go in by observe(); records come out at the end of each flow
// (idle, FIN, reset, evicted, shutdown) and every kActiveInterval while it goes on. Time is the largest stamp seen: a
// stamp behind it is taken as now and counted (`clamped`). Full, the flow that was silent longest goes first, counted.
// Pure and deterministic: the same calls give the same records. One thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "flow/flow_pool.h"
#include "flow/limits.h"

namespace holter::flow {

struct FlowOptions {
  std::string interface;
  std::size_t limit = kDefaultFlowLimit;  // at least 1
  std::uint64_t seed = 0;                 // of the hash: random, and never shown
};

struct FlowCounters {
  std::uint64_t packets = 0;     // counted in a flow
  std::uint64_t without_ip = 0;  // belong to none
  std::uint64_t created = 0;
  std::uint64_t evicted = 0;
  std::uint64_t clamped = 0;
};

class FlowTable {
 public:
  explicit FlowTable(FlowOptions options);

  // Appends the records of flows that ended or were due meanwhile.
  void observe(const wire::Packet& packet, base::PacketTime at, std::vector<record::FlowRecord>& out);
  // Time went on without packets.
  void advance(base::PacketTime now, std::vector<record::FlowRecord>& out);
  // Ends every flow with EndReason::shutdown, and forgets the time: the next stamp may lie anywhere.
  void end_all(std::vector<record::FlowRecord>& out);

  // Records carry this name from here on.
  void rename(std::string interface) { options_.interface = std::move(interface); }

  std::size_t size() const { return pool_.size(); }
  const FlowCounters& counters() const { return counters_; }
  // The n conversations with the most bytes, the most first.
  std::vector<record::FlowRecord> top(std::size_t n) const;

 private:
  std::uint32_t start(const FlowKey& key, std::uint64_t hash, bool low_initiates, std::vector<record::FlowRecord>& out);
  void end(std::uint32_t number, record::EndReason reason, std::vector<record::FlowRecord>& out);
  void move_to_back(std::uint32_t number, Patience before);
  void evict_oldest(std::vector<record::FlowRecord>& out);
  void export_active(std::vector<record::FlowRecord>& out);
  FlowList& aged(Patience patience) { return by_age_[static_cast<std::size_t>(patience)]; }
  auto age_link() {
    return [this](std::uint32_t number) -> Link& { return pool_.slot(number).by_age; };
  }
  auto export_link() {
    return [this](std::uint32_t number) -> Link& { return pool_.slot(number).by_export; };
  }

  FlowOptions options_;
  FlowPool pool_;
  std::array<FlowList, kPatienceCount> by_age_;
  FlowList by_export_;
  base::PacketTime now_;
  FlowCounters counters_;
};

}  // namespace holter::flow
