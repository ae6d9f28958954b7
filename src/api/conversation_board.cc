#include "api/conversation_board.h"

#include <algorithm>
#include <span>
#include <vector>

namespace holter::api {
namespace {

std::uint64_t bytes_of(const record::FlowRecord& flow) { return flow.initiator_bytes + flow.responder_bytes; }

void write_flow(base::JsonWriter& json, const base::AgentId& agent, const record::FlowRecord& flow) {
  const bool ended = flow.end_reason != record::EndReason::active;
  json.begin_object().member("agent", to_string(agent)).member("interface", flow.interface);
  json.member("protocol", protocol_name(flow.ip_protocol)).member("ip_protocol", flow.ip_protocol);
  json.member("vlan", flow.vlan != 0 ? std::optional(flow.vlan) : std::nullopt);
  json.member("initiator", flow.initiator).member("initiator_port", flow.initiator_port);
  json.member("responder", flow.responder).member("responder_port", flow.responder_port);
  json.member("first", base::as_wall_time(flow.first)).member("last", base::as_wall_time(flow.last));
  json.key("packets").begin_array().count(flow.initiator_packets).count(flow.responder_packets).end_array();
  json.key("bytes").begin_array().count(flow.initiator_bytes).count(flow.responder_bytes).end_array();
  json.member("ended", ended ? std::optional(to_string(flow.end_reason)) : std::nullopt).end_object();
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

void ConversationBoard::write_json(base::JsonWriter& json, std::size_t limit) const {
  std::vector<const std::pair<const Key, record::FlowRecord>*> order;
  order.reserve(flows_.size());
  for (const auto& entry : flows_) order.push_back(&entry);
  const auto shown = static_cast<std::ptrdiff_t>(std::min(limit, order.size()));
  std::partial_sort(order.begin(), order.begin() + shown, order.end(),
                    [](const auto* a, const auto* b) { return bytes_of(a->second) > bytes_of(b->second); });
  json.begin_array();
  for (const auto* entry : std::span(order).first(static_cast<std::size_t>(shown))) {
    write_flow(json, std::get<0>(entry->first), entry->second);
  }
  json.end_array();
}

std::string_view protocol_name(std::uint8_t ip_protocol) {
  switch (ip_protocol) {
    case 1: return "icmp";
    case 2: return "igmp";
    case 6: return "tcp";
    case 17: return "udp";
    case 58: return "icmpv6";
    default: return "";
  }
}

}  // namespace holter::api
