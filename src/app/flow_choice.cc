#include "app/flow_choice.h"

#include <algorithm>

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
  flows_.insert(flows_.end(), flows.begin(), flows.end());
  if (flows_.size() >= 2 * limit_) cut();
}

void FlowChoice::cut() {
  std::ranges::stable_sort(flows_, {}, [this](const FlowRecord& flow) { return rank_of(order_, flow); });
  if (flows_.size() <= limit_) return;
  left_out_ += flows_.size() - limit_;
  flows_.resize(limit_);
}

std::vector<FlowRecord> FlowChoice::take() {
  cut();
  return std::move(flows_);
}

}  // namespace holter::app
