#include "flow/flow_table.h"

#include <algorithm>

#include "base/assert.h"

namespace holter::flow {
namespace {

using record::EndReason;
using record::FlowRecord;

constexpr std::array<base::Duration, kPatienceCount> kTimeouts{kClosingTimeout, kIdleTimeout, kEstablishedTimeout};

}  // namespace

FlowTable::FlowTable(FlowOptions options) : options_(std::move(options)), pool_(options_.seed) {
  HOLTER_ASSERT(options_.limit > 0 && options_.limit < kNoFlow);
}

void FlowTable::observe(const wire::Packet& packet, base::PacketTime at, std::vector<FlowRecord>& out) {
  if (at < now_) {
    ++counters_.clamped;
  } else {
    advance(at, out);
  }
  const auto directed = key_of(packet);
  if (!directed) {
    ++counters_.without_ip;
    return;
  }
  ++counters_.packets;
  const std::uint64_t hash = pool_.hash(directed->key);
  std::uint32_t number = pool_.find(directed->key, hash);
  if (number != kNoFlow && opens_anew(pool_.slot(number).flow, packet)) {
    end(number, pool_.slot(number).flow.end_reason, out);
    number = kNoFlow;
  }
  if (number == kNoFlow) {
    number = start(directed->key, hash, directed->low_sends == sender_initiates(packet), out);
  }
  Flow& flow = pool_.slot(number).flow;
  const Patience before = flow.patience;
  count(flow, packet, directed->low_sends, now_);
  move_to_back(number, before);
}

std::uint32_t FlowTable::start(const FlowKey& key, std::uint64_t hash, bool low_initiates,
                               std::vector<FlowRecord>& out) {
  if (pool_.size() >= options_.limit) evict_oldest(out);
  ++counters_.created;
  const std::uint32_t number = pool_.add(key, hash);
  Flow& flow = pool_.slot(number).flow;
  flow.low_initiates = low_initiates;
  flow.first = flow.last = now_;
  flow.export_at = now_ + kActiveInterval;
  aged(flow.patience).push_back(number, age_link());
  by_export_.push_back(number, export_link());
  return number;
}

void FlowTable::move_to_back(std::uint32_t number, Patience before) {
  aged(before).remove(number, age_link());
  aged(pool_.slot(number).flow.patience).push_back(number, age_link());
}

void FlowTable::end(std::uint32_t number, EndReason reason, std::vector<FlowRecord>& out) {
  const Flow& flow = pool_.slot(number).flow;
  out.push_back(record_of(flow, options_.interface, reason));
  aged(flow.patience).remove(number, age_link());
  by_export_.remove(number, export_link());
  pool_.remove(number);
}

void FlowTable::evict_oldest(std::vector<FlowRecord>& out) {
  std::uint32_t oldest = kNoFlow;
  for (const FlowList& list : by_age_) {
    const std::uint32_t candidate = list.front();
    if (candidate == kNoFlow) continue;
    if (oldest == kNoFlow || pool_.slot(candidate).flow.last < pool_.slot(oldest).flow.last) oldest = candidate;
  }
  ++counters_.evicted;
  end(oldest, EndReason::evicted, out);
}

void FlowTable::advance(base::PacketTime now, std::vector<FlowRecord>& out) {
  if (now <= now_) return;
  now_ = now;
  for (std::size_t i = 0; i < kPatienceCount; ++i) {
    while (by_age_[i].front() != kNoFlow) {
      const Flow& flow = pool_.slot(by_age_[i].front()).flow;
      if (now_ - flow.last < kTimeouts[i]) break;
      end(by_age_[i].front(), flow.end_reason, out);
    }
  }
  export_active(out);
}

void FlowTable::export_active(std::vector<FlowRecord>& out) {
  while (by_export_.front() != kNoFlow) {
    const std::uint32_t number = by_export_.front();
    Flow& flow = pool_.slot(number).flow;
    if (now_ < flow.export_at) break;
    if (flow.packets() != flow.exported_packets) out.push_back(record_of(flow, options_.interface, EndReason::active));
    flow.exported_packets = flow.packets();
    flow.export_at = now_ + kActiveInterval;
    by_export_.remove(number, export_link());
    by_export_.push_back(number, export_link());
  }
}

void FlowTable::end_all(std::vector<FlowRecord>& out) {
  while (by_export_.front() != kNoFlow) {
    const Flow& flow = pool_.slot(by_export_.front()).flow;
    end(by_export_.front(), flow.patience == Patience::closing ? flow.end_reason : EndReason::shutdown, out);
  }
  now_ = {};
}

std::vector<FlowRecord> FlowTable::top(std::size_t n) const {
  std::vector<const Flow*> flows;
  flows.reserve(pool_.size());
  for (std::uint32_t at = by_export_.front(); at != kNoFlow; at = pool_.slot(at).by_export.next) {
    flows.push_back(&pool_.slot(at).flow);
  }
  const auto more = [](const Flow* a, const Flow* b) {
    if (a->bytes() != b->bytes()) return a->bytes() > b->bytes();
    return a->hash < b->hash;
  };
  const auto end = flows.begin() + static_cast<std::ptrdiff_t>(std::min(n, flows.size()));
  std::partial_sort(flows.begin(), end, flows.end(), more);
  std::vector<FlowRecord> out;
  for (auto flow = flows.begin(); flow != end; ++flow) {
    out.push_back(record_of(**flow, options_.interface, EndReason::active));
  }
  return out;
}

}  // namespace holter::flow
