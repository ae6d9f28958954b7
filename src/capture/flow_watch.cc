#include "capture/flow_watch.h"

#include <algorithm>

#include "capture/asked_frame.h"
#include "capture/limits.h"
#include "wire/dispatch.h"

namespace holter::capture {
namespace {

std::string key_of(const record::FlowRecord& flow) {
  std::string key = flow.interface + ' ' + flow.initiator + ' ' + flow.responder;
  for (const std::int64_t part :
       {std::int64_t{flow.ip_protocol}, std::int64_t{flow.initiator_port}, std::int64_t{flow.responder_port},
        std::int64_t{flow.vlan}, std::int64_t{flow.inner_vlan}, flow.first.in_nanoseconds()}) {
    key += ' ' + std::to_string(part);
  }
  return key;
}

}  // namespace

FlowWatch::FlowWatch(std::vector<LiveInterface> interfaces, std::uint64_t seed, Ended ended)
    : ended_(std::move(ended)) {
  for (LiveInterface& interface : interfaces) {
    flow::FlowOptions options{interface.name, kMostWatched, seed, base::Duration::zero()};
    tables_.push_back({std::move(interface), flow::FlowTable(std::move(options))});
  }
}

void FlowWatch::take(std::size_t source, std::span<const env::Frame> frames) {
  auto& [interface, flows] = tables_[source];
  for (const env::Frame& frame : frames) {
    const wire::Packet packet = wire::decode(frame.bytes, frame.original_length, interface.link, hints_of(frame));
    flows.observe(packet, frame.captured_at, records_);
  }
  tell_ended();
}

void FlowWatch::tell_ended() {
  if (!records_.empty()) ended_(records_);
  records_.clear();
}

void FlowWatch::finish(std::span<const RecordingFigures>) {
  for (Table& table : tables_) table.flows.end_all(records_);
  tell_ended();
}

std::size_t FlowWatch::held() const {
  std::size_t held = 0;
  for (const Table& table : tables_) held += table.flows.size();
  return held;
}

std::vector<BusyFlow> FlowWatch::busiest(std::size_t n, base::WallTime now) {
  const base::WallTime before_now = looked_at_ == base::WallTime() ? now - kReadingInterval : looked_at_;
  const double seconds = std::max((now - before_now).in_seconds(), 1e-3);
  looked_at_ = now;
  std::unordered_map<std::string, Before> counted;
  std::vector<BusyFlow> busy;
  for (Table& table : tables_) {
    table.flows.advance(base::PacketTime::from_nanoseconds((now - kRingLag).in_nanoseconds()), records_);
    for (record::FlowRecord& flow : table.flows.top(kMostWatched)) {
      const Before sums{flow.initiator_packets + flow.responder_packets, flow.initiator_bytes + flow.responder_bytes};
      const auto [at, is_new] = counted.emplace(key_of(flow), sums);
      const auto known = before_.find(at->first);
      const Before before = known == before_.end() ? Before() : known->second;
      if (sums.packets == before.packets) continue;
      busy.push_back({std::move(flow), static_cast<double>(sums.packets - before.packets) / seconds,
                      static_cast<double>(sums.bytes - before.bytes) / seconds});
    }
  }
  before_ = std::move(counted);
  tell_ended();
  const std::size_t shown = std::min(n, busy.size());
  std::ranges::partial_sort(busy, busy.begin() + static_cast<std::ptrdiff_t>(shown), std::greater(),
                            &BusyFlow::bytes_per_second);
  busy.erase(busy.begin() + static_cast<std::ptrdiff_t>(shown), busy.end());
  return busy;
}

}  // namespace holter::capture
