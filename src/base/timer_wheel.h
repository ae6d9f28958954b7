// TimerWheel keeps very many deadlines cheaply: schedule and cancel are O(1), and one coroutine that sleeps until
// next_deadline() serves a million sessions. It is a data structure, not a service: it takes `now` and returns what is
// due, so the same code runs on a real and on a simulated clock.
//
// Hierarchical wheel after Varghese and Lauck (1987): four levels of 256 slots. A timer is identified by a Key that the
// caller owns (an index into its own table); each key has at most one deadline. Deadlines are exact: advance(now)
// returns a key only when its deadline <= now, and tick only rounds where a slot is looked at. Bounded by `capacity`
// keys (0 <= key < capacity). Memory: 24 bytes a key. One thread.
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

  // When advance() must be called next: never later than the earliest deadline, possibly earlier (a slot boundary).
  std::optional<Instant> next_deadline() const;

  // Appends every key that is due at `now` to `due`, in order of deadline, and forgets their deadlines. `now` that runs
  // backwards is taken as the latest one seen.
  void advance(Instant now, std::vector<Key>& due);

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;
  static constexpr unsigned kSlotBits = 8;
  static constexpr unsigned kSlots = 1U << kSlotBits;
  static constexpr unsigned kLevels = 4;

  struct Timer {
    Instant deadline;
    std::uint32_t next = kNone;
    std::uint32_t previous = kNone;
    std::uint32_t slot = kNone;  // level * kSlots + index, kNone when not scheduled
  };

  std::uint64_t tick_of(Instant t) const;
  void link(Key key);
  void unlink(Key key);
  void cascade(unsigned level);
  void collect(std::uint32_t slot, Instant now, std::vector<Key>& due);

  Instant start_;
  Duration tick_;
  std::uint64_t current_ = 0;  // ticks since start_
  Instant latest_;
  std::size_t size_ = 0;
  std::vector<Timer> timers_;
  std::array<std::uint32_t, kLevels * kSlots> heads_;
};

}  // namespace holter::base
