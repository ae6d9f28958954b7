#include "flow/flow_table.h"

#include <algorithm>

#include "base/assert.h"
#include "flow/tcp_follow.h"

namespace holter::flow {

using record::EndReason;
using record::FlowRecord;
using wire::Packet;
using wire::Protocol;

namespace {

std::uint32_t ip_length(const Packet& packet) {
  return packet.payload_length + packet.payload_offset - packet.network_offset;
}

std::array<AgeWheel, kPatienceCount> make_wheels() {
  return {AgeWheel(kClosingTimeout), AgeWheel(kIdleTimeout), AgeWheel(kEstablishedTimeout)};
}

}  // namespace

FlowTable::FlowTable(FlowOptions options)
    : options_(std::move(options)), pool_(options_.seed), wheels_(make_wheels()), interim_(options_.interim) {
  HOLTER_ASSERT(options_.limit > 0 && options_.limit <= kMostFlows);
}

void FlowTable::observe(const Packet& packet, base::PacketTime at, std::vector<FlowRecord>& out) {
  observe_batch({&packet, 1}, {&at, 1}, out);
}

// In steps over all: what one writes or fetches is there when the next one reads it.
void FlowTable::observe_batch(std::span<const Packet> packets, std::span<const base::PacketTime> at,
                              std::vector<FlowRecord>& out) {
  HOLTER_ASSERT(packets.size() == at.size());
  std::array<Sight, kTogether> sights;
  while (!packets.empty()) {
    const std::size_t n = std::min(packets.size(), kTogether);
    const auto some = std::span(sights).first(n);
    for (std::size_t i = 0; i < n; ++i) some[i].counts = make_key(packets[i], some[i].directed);
    for (Sight& sight : some) {
      sight.hash = pool_.hash(sight.directed.key);
      pool_.fetch_index(sight.hash);
    }
    for (Sight& sight : some) sight.guess = pool_.fetch_flow(sight.hash);
    for (std::size_t i = 0; i < n; ++i) observe(packets[i], some[i], at[i], out);
    packets = packets.subspan(n);
    at = at.subspan(n);
  }
}

void FlowTable::observe(const Packet& packet, const Sight& sight, base::PacketTime at, std::vector<FlowRecord>& out) {
  move_time(at, out);
  if (!sight.counts) {
    ++counters_.without_ip;
    return;
  }
  ++counters_.packets;
  const std::uint32_t number = flow_for(packet, sight, out);
  Flow& flow = pool_[number];
  const Patience before = flow.patience;
  count(flow, sight.directed.low_sends == flow.low_initiates ? 0 : 1, packet);
  if (flow.patience == before) return;
  wheels_[static_cast<std::size_t>(before)].remove(number, pool_.flows());
  wheel_of(flow).put(number, pool_.flows());
}

void FlowTable::move_time(base::PacketTime at, std::vector<FlowRecord>& out) {
  if (at < now_) {
    ++counters_.clamped;
    if (now_ - at < kStepBack) return;
    ++counters_.steps_back;
    end_all(out);
  }
  now_ = at;
  if (now_ >= quiet_until_) end_what_is_due(out);
}

void FlowTable::end_what_is_due(std::vector<FlowRecord>& out) {
  for (AgeWheel& wheel : wheels_) {
    if (wheel.due(now_)) end_silent(wheel, out);
  }
  export_active(out);
  quiet_until_ = interim_.next_due(now_);
  for (const AgeWheel& wheel : wheels_) quiet_until_ = std::min(quiet_until_, wheel.next_due(now_));
}

std::uint32_t FlowTable::flow_for(const Packet& packet, const Sight& sight, std::vector<FlowRecord>& out) {
  const std::uint32_t number = pool_.find(sight.directed.key, sight.hash, sight.guess);
  if (number == kNone) return start(packet, sight, out);
  const Flow& flow = pool_[number];
  const unsigned side = sight.directed.low_sends == flow.low_initiates ? 0 : 1;
  if (wheel_of(flow).overdue(flow, now_)) {
    end(number, flow.end_reason, out);
  } else if (packet.has(Protocol::tcp) && opens_anew(flow, side, packet)) {
    end(number, flow.patience == Patience::closing ? flow.end_reason : EndReason::reopened, out);
  } else if (flow.packets[side] == kMostPackets) {
    end(number, EndReason::reopened, out);
  } else {
    return number;
  }
  return start(packet, sight, out);
}

std::uint32_t FlowTable::start(const Packet& packet, const Sight& sight, std::vector<FlowRecord>& out) {
  if (pool_.size() >= options_.limit) evict_oldest(out);
  ++counters_.created;
  const std::uint32_t number = pool_.add(sight.directed.key, sight.hash);
  Flow& flow = pool_[number];
  flow.low_initiates = sight.directed.low_sends == sender_initiates(packet);
  flow.first = flow.last = now_;
  if (packet.tunnel_id != 0) rarities_.of(flow).tunnel_id = packet.tunnel_id;
  wheel_of(flow).put(number, pool_.flows());
  interim_.add(number, now_);
  return number;
}

void FlowTable::count(Flow& flow, unsigned side, const Packet& packet) {
  const bool tcp = packet.has(Protocol::tcp);
  const bool first_data = flow.payload[side] == 0 && packet.payload_length != 0;
  ++flow.packets[side];
  flow.bytes[side] += packet.original_length;
  add_up_to_most(flow.overhead[side], packet.original_length - std::min(packet.original_length, ip_length(packet)));
  flow.payload[side] += packet.payload_length;
  flow.last = now_;
  flow.changed = true;
  if (tcp) {
    follow_tcp(flow, side, packet, now_, rarities_);
  } else if (first_data && packet.has(Protocol::udp)) {
    note(flow, side, Happening::data);
  }
}

FlowRecord FlowTable::record(const Flow& flow, EndReason reason) const {
  return record_of(flow, rarities_.find(flow), options_.interface, reason);
}

void FlowTable::end(std::uint32_t number, EndReason reason, std::vector<FlowRecord>& out) {
  Flow& flow = pool_[number];
  ++counters_.ended;
  if (makes_records_) out.push_back(record(flow, reason));
  wheel_of(flow).remove(number, pool_.flows());
  interim_.remove(number);
  rarities_.give_back(flow);
  pool_.remove(number);
}

void FlowTable::end_silent(AgeWheel& wheel, std::vector<FlowRecord>& out) {
  wheel.end_silent(now_, pool_.flows(), [&](std::uint32_t number) { end(number, pool_[number].end_reason, out); });
}

void FlowTable::evict_oldest(std::vector<FlowRecord>& out) {
  std::uint32_t oldest = kNone;
  for (AgeWheel& wheel : wheels_) {
    const std::uint32_t candidate = wheel.oldest(pool_.flows());
    if (candidate == kNone) continue;
    if (oldest == kNone || pool_[candidate].last < pool_[oldest].last) oldest = candidate;
  }
  const Flow& flow = pool_[oldest];
  const bool over = wheel_of(flow).overdue(flow, now_);
  counters_.evicted += over ? 0 : 1;
  end(oldest, over ? flow.end_reason : EndReason::evicted, out);
}

void FlowTable::advance(base::PacketTime now, std::vector<FlowRecord>& out) {
  now_ = std::max(now, now_);
  for (AgeWheel& wheel : wheels_) end_silent(wheel, out);
  export_active(out);
}

void FlowTable::export_active(std::vector<FlowRecord>& out) {
  for (std::uint32_t number = interim_.next(now_); number != kNone; number = interim_.next(now_)) {
    Flow& flow = pool_[number];
    // Silent for its timeout, it only waits to be ended.
    const bool due = flow.changed && !wheel_of(flow).overdue(flow, now_);
    if (due && makes_records_) out.push_back(record(flow, EndReason::active));
    flow.changed = false;
  }
}

void FlowTable::end_all(std::vector<FlowRecord>& out) { end_some(kMostFlows, out); }

bool FlowTable::end_some(std::size_t most, std::vector<FlowRecord>& out) {
  for (ending_ = pool_.next(ending_); ending_ != kNone && most != 0; ending_ = pool_.next(ending_ + 1), --most) {
    const Flow& flow = pool_[ending_];
    const bool over = flow.patience == Patience::closing || wheel_of(flow).overdue(flow, now_);
    ++counters_.ended;
    if (makes_records_) out.push_back(record(flow, over ? flow.end_reason : EndReason::shutdown));
  }
  if (ending_ != kNone) return true;
  forget();
  return false;
}

// All at once: to take a million conversations apart one by one costs as much as a million packets.
void FlowTable::forget() {
  ending_ = 0;
  now_ = quiet_until_ = {};
  pool_ = FlowPool(options_.seed);
  rarities_ = {};
  wheels_ = make_wheels();
  interim_ = InterimQueue(options_.interim);
}

std::vector<FlowRecord> FlowTable::top(std::size_t n) const {
  std::vector<const Flow*> flows;
  flows.reserve(pool_.size());
  pool_.for_each([&](std::uint32_t number) { flows.push_back(&pool_[number]); });
  const auto bytes_of = [](const Flow* flow) { return flow->bytes[0] + flow->bytes[1]; };
  const auto more = [&](const Flow* a, const Flow* b) {
    return bytes_of(a) != bytes_of(b) ? bytes_of(a) > bytes_of(b) : pool_.hash(a->key) < pool_.hash(b->key);
  };
  const auto end = flows.begin() + static_cast<std::ptrdiff_t>(std::min(n, flows.size()));
  std::partial_sort(flows.begin(), end, flows.end(), more);
  std::vector<FlowRecord> out;
  for (auto flow = flows.begin(); flow != end; ++flow) out.push_back(record(**flow, EndReason::active));
  return out;
}

}  // namespace holter::flow
