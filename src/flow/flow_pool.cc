#include "flow/flow_pool.h"

#include "base/assert.h"

namespace holter::flow {

FlowPool::FlowPool(std::uint64_t seed) : seed_(seed), index_(kFirstIndex, kEmpty) {}

std::uint32_t FlowPool::find(const FlowKey& key, std::uint64_t hash, std::uint32_t guess) const {
  if (guess < flows_.end() && flows_[guess].key == key) return guess;
  for (std::size_t at = home(hash); index_[at] != kEmpty; at = after(at)) {
    const std::uint32_t number = index_[at] & kNumberMask;
    if (may_be(index_[at], hash) && flows_[number].key == key) return number;
  }
  return kNone;
}

std::uint32_t FlowPool::fetch_flow(std::uint64_t hash) const {
  for (std::size_t at = home(hash); index_[at] != kEmpty; at = after(at)) {
    if (!may_be(index_[at], hash)) continue;
    const std::uint32_t number = index_[at] & kNumberMask;
    const auto* const bytes = reinterpret_cast<const char*>(&flows_[number]);
    for (std::size_t line = 0; line < sizeof(Flow); line += 64) __builtin_prefetch(bytes + line, 1);
    return number;
  }
  return kNone;
}

std::uint32_t FlowPool::add(const FlowKey& key, std::uint64_t hash) {
  if ((size_ + 1) * 2 > index_.size()) grow_index();
  const std::uint32_t number = flows_.take();
  flows_[number].key = key;
  put(number, hash);
  ++size_;
  return number;
}

void FlowPool::put(std::uint32_t number, std::uint64_t hash) {
  std::size_t at = home(hash);
  while (index_[at] != kEmpty) at = after(at);
  index_[at] = static_cast<std::uint32_t>(hash >> 56) << kNumberBits | number;
}

// In the order in which the flows lie, not in that of the index: each is fetched before it is needed.
void FlowPool::grow_index() {
  index_.assign(index_.size() * 2, kEmpty);
  for_each([this](std::uint32_t number) { put(number, hash(flows_[number].key)); });
}

void FlowPool::remove(std::uint32_t number) {
  std::size_t hole = home(hash(flows_[number].key));
  while ((index_[hole] & kNumberMask) != number) {
    HOLTER_ASSERT(index_[hole] != kEmpty);
    hole = after(hole);
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = after(hole); index_[at] != kEmpty; at = after(at)) {
    // Moves back only what would still be found from its home.
    const std::size_t from_home = (at - home_of(index_[at])) & mask;
    if (from_home < ((at - hole) & mask)) continue;
    index_[hole] = index_[at];
    hole = at;
  }
  index_[hole] = kEmpty;
  flows_.give_back(number);
  --size_;
}

}  // namespace holter::flow
