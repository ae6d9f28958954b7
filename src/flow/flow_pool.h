// FlowPool is where flows live and how they are found: slots by number, and an open-addressing index of them, at most
// half full, linear probing, deletion by moving back. An entry of the index is a number and eight bits of the hash, so
// that only the wanted flow is touched. Numbers are stable while a flow lives. Nothing is allocated unless a flow is
// added beyond what there was before. At most kMostFlows. One thread.
#pragma once

#include <vector>

#include "flow/flow.h"
#include "flow/limits.h"
#include "flow/slots.h"

namespace holter::flow {

inline std::uint32_t& free_link(Flow& flow) { return flow.by_age.next; }
inline constexpr std::uint32_t kFlowChunk = 32'768;
static_assert(kFlowChunk * sizeof(Flow) % base::kBigPage == 0);
using Flows = Slots<Flow, free_link, kFlowChunk>;

class FlowPool {
 public:
  explicit FlowPool(std::uint64_t seed);

  std::size_t size() const { return size_; }
  std::uint64_t hash(const FlowKey& key) const { return hash_of(key, seed_); }
  Flows& flows() { return flows_; }
  Flow& operator[](std::uint32_t number) { return flows_[number]; }
  const Flow& operator[](std::uint32_t number) const { return flows_[number]; }

  // kNone when there is none. `guess` is what fetch_flow() said, whatever happened since.
  std::uint32_t find(const FlowKey& key, std::uint64_t hash, std::uint32_t guess = kNone) const;
  // A fresh flow with its key set, which must not be there.
  std::uint32_t add(const FlowKey& key, std::uint64_t hash);
  void remove(std::uint32_t number);

  // Two steps that fetch what find() will touch, each after the one before had time to arrive. The second says which
  // flow it probably is; kNone: none.
  void fetch_index(std::uint64_t hash) const { __builtin_prefetch(&index_[home(hash)]); }
  std::uint32_t fetch_flow(std::uint64_t hash) const;

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint32_t number = next(0); number != kNone; number = next(number + 1)) visit(number);
  }
  // The first flow that is there from this number on; kNone when there is none.
  std::uint32_t next(std::uint32_t number) const {
    while (number < flows_.end() && flows_[number].key.ip_version == 0) ++number;
    return number < flows_.end() ? number : kNone;
  }

 private:
  using Index = std::vector<std::uint32_t, base::BigPages<std::uint32_t>>;

  static constexpr std::size_t kFirstIndex = 512;
  static constexpr std::uint32_t kEmpty = 0xffffffff;
  static constexpr std::uint32_t kNumberBits = 24;
  static constexpr std::uint32_t kNumberMask = (1U << kNumberBits) - 1;
  static_assert(kMostFlows < kNumberMask);

  std::size_t home(std::uint64_t hash) const { return hash & (index_.size() - 1); }
  std::size_t after(std::size_t at) const { return (at + 1) & (index_.size() - 1); }
  std::size_t home_of(std::uint32_t entry) const { return home(hash(flows_[entry & kNumberMask].key)); }
  static bool may_be(std::uint32_t entry, std::uint64_t hash) {
    return entry >> kNumberBits == static_cast<std::uint32_t>(hash >> 56);
  }
  void put(std::uint32_t number, std::uint64_t hash);
  void grow_index();

  std::uint64_t seed_;
  Flows flows_;
  Index index_;
  std::size_t size_ = 0;
};

}  // namespace holter::flow
