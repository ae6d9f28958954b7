// Rarities is where the rare parts of flows live; a flow has none until it is the first time asked for. One thread.
#pragma once

#include "flow/flow.h"
#include "flow/slots.h"

namespace holter::flow {

class Rarities {
 public:
  // The flow's own, made when it has none.
  Rarity& of(Flow& flow) {
    if (flow.rarity == kNone) flow.rarity = rows_.take();
    return rows_[flow.rarity];
  }
  const Rarity* find(const Flow& flow) const { return flow.rarity == kNone ? nullptr : &rows_[flow.rarity]; }
  void give_back(Flow& flow) {
    if (flow.rarity != kNone) rows_.give_back(flow.rarity);
    flow.rarity = kNone;
  }

 private:
  static std::uint32_t& free_link(Rarity& row) { return row.tunnel_id; }

  Slots<Rarity, free_link, 4'096> rows_;
};

}  // namespace holter::flow
