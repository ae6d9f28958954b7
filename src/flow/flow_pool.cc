#include "flow/flow_pool.h"

#include "base/assert.h"

namespace holter::flow {

FlowPool::FlowPool(std::uint64_t seed) : seed_(seed), index_(kFirstIndex, kNoFlow) {}

std::uint32_t FlowPool::find(const FlowKey& key, std::uint64_t hash) const {
  for (std::size_t at = home(hash); index_[at] != kNoFlow; at = after(at)) {
    const Flow& flow = slot(index_[at]).flow;
    if (flow.hash == hash && flow.key == key) return index_[at];
  }
  return kNoFlow;
}

std::uint32_t FlowPool::add(const FlowKey& key, std::uint64_t hash) {
  if (free_.empty()) {
    const std::size_t first = chunks_.size() * kChunk;
    chunks_.push_back(std::make_unique<Slot[]>(kChunk));
    free_.reserve(first + kChunk);
    for (std::size_t i = kChunk; i-- > 0;) free_.push_back(static_cast<std::uint32_t>(first + i));
  }
  if ((size_ + 1) * 2 > index_.size()) grow_index();
  const std::uint32_t number = free_.back();
  free_.pop_back();
  Slot& fresh = slot(number);
  fresh = {};
  fresh.flow.key = key;
  fresh.flow.hash = hash;
  put(number);
  ++size_;
  return number;
}

void FlowPool::put(std::uint32_t number) {
  std::size_t at = home(slot(number).flow.hash);
  while (index_[at] != kNoFlow) at = after(at);
  index_[at] = number;
}

void FlowPool::grow_index() {
  const std::vector<std::uint32_t> old = std::exchange(index_, std::vector<std::uint32_t>(index_.size() * 2, kNoFlow));
  for (const std::uint32_t number : old) {
    if (number != kNoFlow) put(number);
  }
}

void FlowPool::remove(std::uint32_t number) {
  std::size_t hole = home(slot(number).flow.hash);
  while (index_[hole] != number) {
    HOLTER_ASSERT(index_[hole] != kNoFlow);
    hole = after(hole);
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = after(hole); index_[at] != kNoFlow; at = after(at)) {
    // Moves back only what would still be found from its home.
    const std::size_t from_home = (at - home(slot(index_[at]).flow.hash)) & mask;
    if (from_home < ((at - hole) & mask)) continue;
    index_[hole] = index_[at];
    hole = at;
  }
  index_[hole] = kNoFlow;
  free_.push_back(number);
  --size_;
}

}  // namespace holter::flow
