#include "heartbeat/strangers.h"

#include <utility>

#include "heartbeat/origin.h"

namespace holter::heartbeat {

bool Strangers::has_room(const base::IpAddress& address) const {
  const auto there = by_origin_.find(origin(address));
  const bool address_has = there == by_origin_.end()
                               ? limits_.of_address > 0
                               : there->second.count < limits_.of_address || !there->second.over.empty();
  return address_has && (size() < limits_.all || !over_.empty());
}

std::optional<Strangers::Row> Strangers::first_to_go(const base::IpAddress& address) const {
  const auto there = by_origin_.find(origin(address));
  if (there != by_origin_.end() && there->second.count >= limits_.of_address) {
    return there->second.over.empty() ? std::nullopt : std::optional(there->second.over.begin()->second);
  }
  return size() < limits_.all ? std::nullopt : longest_over();
}

std::optional<Strangers::Row> Strangers::longest_over() const {
  return over_.empty() ? std::nullopt : std::optional(over_.begin()->second);
}

void Strangers::opened(Row row, const base::IpAddress& address) {
  const base::IpAddress from = origin(address);
  strangers_[row] = {from};
  ++by_origin_[from].count;
  set_awaited(row, false);
}

void Strangers::set_awaited(Row row, bool awaited) {
  const auto found = strangers_.find(row);
  if (found == strangers_.end() || awaited == (found->second.turn == 0)) return;
  Stranger& stranger = found->second;
  OfOrigin& there = by_origin_[stranger.origin];
  if (awaited) {
    over_.erase(stranger.turn);
    there.over.erase(std::exchange(stranger.turn, 0));
  } else {
    stranger.turn = ++last_turn_;
    over_[stranger.turn] = there.over[stranger.turn] = row;
  }
}

void Strangers::forget(Row row) {
  const auto found = strangers_.find(row);
  if (found == strangers_.end()) return;
  set_awaited(row, true);
  const auto there = by_origin_.find(found->second.origin);
  if (--there->second.count == 0) by_origin_.erase(there);
  strangers_.erase(found);
}

void Strangers::move(Row from, Row to) {
  auto node = strangers_.extract(from);
  if (!node) return;
  node.key() = to;
  if (const std::uint64_t turn = node.mapped().turn; turn != 0) {
    over_[turn] = by_origin_[node.mapped().origin].over[turn] = to;
  }
  strangers_.insert(std::move(node));
}

}  // namespace holter::heartbeat
