// Words is memory that one writer and any number of readers share without a lock, also with the next process: every
// access is an atomic one of eight bytes, so that a reader may look at what is just being overwritten and find out
// afterwards that it was. The memory is mapped by somebody else and outlives it. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace holter::recorder {

static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

class Words {
 public:
  explicit Words(std::span<std::uint64_t> memory) : memory_(memory) {}

  std::size_t size() const { return memory_.size(); }
  Words part(std::size_t from, std::size_t n) const { return Words(memory_.subspan(from, n)); }

  std::uint64_t load(std::size_t at) const { return word(at).load(std::memory_order_relaxed); }
  void store(std::size_t at, std::uint64_t value) const { word(at).store(value, std::memory_order_relaxed); }
  // Whoever acquires it sees what was stored before it was released.
  std::uint64_t acquire(std::size_t at) const { return word(at).load(std::memory_order_acquire); }
  void release(std::size_t at, std::uint64_t value) const { word(at).store(value, std::memory_order_release); }

 private:
  std::atomic_ref<std::uint64_t> word(std::size_t at) const { return std::atomic_ref<std::uint64_t>(memory_[at]); }

  std::span<std::uint64_t> memory_;
};

}  // namespace holter::recorder
