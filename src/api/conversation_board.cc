#include "api/conversation_board.h"

#include <algorithm>
#include <span>
#include <vector>

namespace holter::api {
namespace {

std::uint64_t bytes_of(const record::FlowRecord& flow) { return flow.initiator_bytes + flow.responder_bytes; }

record::NamedRecord unnumbered(const base::AgentId& agent, const record::FlowRecord& flow) {
  return {{agent, 0, record::Lane::flows, 0}, flow};
}

}  // namespace

void ConversationBoard::apply(const base::AgentId& agent, const record::FlowRecord& flow) {
  flows_[Key(agent, flow.interface, flow.ip_protocol, flow.vlan, flow.initiator, flow.responder, flow.initiator_port,
             flow.responder_port, flow.first)] = flow;
  if (flows_.size() > kMaxConversations) {
    flows_.erase(std::ranges::min_element(flows_, {}, [](const auto& entry) { return entry.second.last; }));
  }
}

void ConversationBoard::expire(base::WallTime now) {
  std::erase_if(flows_,
                [now](const auto& entry) { return base::as_wall_time(entry.second.last) < now - kConversationAge; });
}

void ConversationBoard::write_json(base::JsonWriter& json, std::size_t limit, const NameOf& name_of) const {
  std::vector<const std::pair<const Key, record::FlowRecord>*> order;
  order.reserve(flows_.size());
  for (const auto& entry : flows_) order.push_back(&entry);
  const auto shown = static_cast<std::ptrdiff_t>(std::min(limit, order.size()));
  std::partial_sort(order.begin(), order.begin() + shown, order.end(),
                    [](const auto* a, const auto* b) { return bytes_of(a->second) > bytes_of(b->second); });
  json.begin_array();
  for (const auto* entry : std::span(order).first(static_cast<std::size_t>(shown))) {
    write_record(json, unnumbered(std::get<0>(entry->first), entry->second), name_of);
  }
  json.end_array();
}

std::vector<record::NamedRecord> ConversationBoard::going_on(const std::optional<base::AgentId>& agent,
                                                             const store::Predicate& wanted) const {
  std::vector<record::NamedRecord> open;
  for (const auto& [key, flow] : flows_) {
    if (flow.end_reason != record::EndReason::active || (agent && std::get<0>(key) != *agent)) continue;
    auto named = unnumbered(std::get<0>(key), flow);
    if (!wanted || wanted(named)) open.push_back(std::move(named));
  }
  std::ranges::sort(open, [](const auto& a, const auto& b) { return store::position_of(b) < store::position_of(a); });
  return open;
}

}  // namespace holter::api
