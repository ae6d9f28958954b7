// FlowPool is where flows live and how they are found: chunks of slots that are made as they are needed (an idle holter
// stays small) and an open-addressing index of their numbers, at most half full, linear probing, deletion by moving
// back. Numbers are stable while a flow lives. Nothing is allocated unless a flow is added beyond what there was
// before.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "flow/flow_list.h"

namespace holter::flow {

struct Slot {
  Flow flow;
  Link by_age;
  Link by_export;
};

class FlowPool {
 public:
  explicit FlowPool(std::uint64_t seed);

  std::size_t size() const { return size_; }
  std::uint64_t hash(const FlowKey& key) const { return hash_of(key, seed_); }
  Slot& slot(std::uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }
  const Slot& slot(std::uint32_t number) const { return chunks_[number / kChunk][number % kChunk]; }

  // kNoFlow when there is none.
  std::uint32_t find(const FlowKey& key, std::uint64_t hash) const;
  // A fresh slot with key and hash set; the key must not be there.
  std::uint32_t add(const FlowKey& key, std::uint64_t hash);
  void remove(std::uint32_t number);

 private:
  static constexpr std::size_t kChunk = 256;
  static constexpr std::size_t kFirstIndex = 512;

  std::size_t home(std::uint64_t hash) const { return hash & (index_.size() - 1); }
  std::size_t after(std::size_t at) const { return (at + 1) & (index_.size() - 1); }
  void put(std::uint32_t number);
  void grow_index();

  std::uint64_t seed_;
  std::vector<std::unique_ptr<Slot[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> index_;
  std::size_t size_ = 0;
};

}  // namespace holter::flow
