// TimerWheel keeps very many deadlines cheaply: schedule and cancel are O(1), and one coroutine that sleeps until
// next_deadline() serves a million sessions. It is a data structure, not a service: it takes `now` and returns what is
// due, so the same code runs on a real and on a simulated clock.
//
// Hierarchical wheel after Varghese and Lauck (1987): eight levels of 256 slots, so that every 64-bit tick has a place.
// A timer stands at the level of the highest byte in which its tick differs from the current one; the lowest level that
// holds anything therefore holds the earliest timers, and empty ticks cost nothing however far time jumps. What falls
// into the current tick waits in a heap ordered by exact deadline: a tick only groups timers, it never rounds them.
//
// A timer is identified by a Key that the caller owns (an index into its own table); each key has at most one deadline.
// Bounded by `capacity` keys (0 <= key < capacity). Memory: 24 bytes for each key up to the largest one used. One
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace holter::base {

class TimerWheel {
 public:
  using Key = std::uint32_t;

  TimerWheel(std::size_t capacity, Instant start, Duration tick = Duration::milliseconds(1));

  // Sets or moves the deadline of `key`. A deadline in the past is due at the next advance().
  void schedule(Key key, Instant deadline);
  void cancel(Key key);
  bool is_scheduled(Key key) const;
  std::size_t size() const { return size_; }
  // The capacity grows; it never shrinks.
  void grow(std::size_t capacity);

  // When advance() must be called next: never later than the earliest deadline, possibly earlier (a slot boundary), but
  // then always after the last `now`, so that a loop of sleeping and advancing makes progress.
  std::optional<Instant> next_deadline() const;

  // Appends every key that is due at `now` to `due`, in order of deadline, equal ones in order of key, and forgets
  // their deadlines. `now` that runs backwards is taken as the latest one seen.
  void advance(Instant now, std::vector<Key>& due);

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;
  static constexpr std::uint32_t kInHeap = 0xffff'fffe;
  static constexpr unsigned kSlotBits = 8;
  static constexpr unsigned kSlots = 1U << kSlotBits;
  static constexpr unsigned kLevels = 8;
  static constexpr unsigned kWords = kSlots / 64;

  struct Timer {
    Instant deadline;
    std::uint32_t next = kNone;      // in its slot's list; in the heap: its place there
    std::uint32_t previous = kNone;  // in its slot's list
    std::uint32_t slot = kNone;      // level * kSlots + index, kInHeap, or kNone when not scheduled
  };
  // A slot that holds timers, and the first tick it stands for.
  struct Occupied {
    std::uint32_t slot;
    std::uint64_t first_tick;
  };

  std::uint64_t tick_of(Instant t) const;
  std::optional<Occupied> earliest_slot() const;
  void link(Key key);
  void unlink(Key key);
  void redistribute(std::uint32_t slot);

  bool earlier(Key a, Key b) const;
  void heap_push(Key key);
  void heap_remove(std::size_t place);
  void heap_put(std::size_t place, Key key);
  void heap_sift_up(std::size_t place);
  void heap_sift_down(std::size_t place);

  std::size_t capacity_;
  Instant start_;
  Duration tick_;
  Instant latest_;
  std::uint64_t current_ = 0;  // tick of latest_
  std::size_t size_ = 0;
  std::vector<Timer> timers_;
  std::vector<Key> heap_;  // timers whose tick is current or past
  std::array<std::uint32_t, kLevels * kSlots> heads_;
  std::array<std::uint64_t, kLevels * kWords> occupied_{};  // one bit a slot
};

}  // namespace holter::base
