#include "app/flow_choice.h"

#include <algorithm>
#include <utility>

namespace holter::app {
namespace {

using record::FlowRecord;

// The greatest come first, but of times the earliest.
std::int64_t rank_of(FlowOrder order, const FlowRecord& flow) {
  switch (order) {
    case FlowOrder::bytes: return -static_cast<std::int64_t>(flow.initiator_bytes + flow.responder_bytes);
    case FlowOrder::packets: return -static_cast<std::int64_t>(flow.initiator_packets + flow.responder_packets);
    case FlowOrder::first: return flow.first.in_nanoseconds();
    case FlowOrder::duration: return -(flow.last - flow.first).in_nanoseconds();
  }
  return 0;
}

}  // namespace

void FlowChoice::add(std::span<const FlowRecord> flows) {
  for (const FlowRecord& flow : flows) held_.push_back({rank_of(order_, flow), added_++, flow});
  if (held_.size() >= 2 * limit_) cut();
}

void FlowChoice::cut() {
  std::ranges::sort(held_, {}, [](const Held& held) { return std::pair(held.rank, held.number); });
  if (held_.size() <= limit_) return;
  held_.resize(limit_);
}

std::vector<FlowRecord> FlowChoice::take() {
  cut();
  std::vector<FlowRecord> chosen;
  chosen.reserve(held_.size());
  for (Held& held : held_) chosen.push_back(std::move(held.flow));
  held_.clear();
  return chosen;
}

}  // namespace holter::app
