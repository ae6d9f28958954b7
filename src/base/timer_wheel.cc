#include "base/timer_wheel.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"

namespace holter::base {
namespace {

// A slot's list is searched for its exact earliest deadline when it is this short; a longer one is due at its boundary.
// This spares a nearly idle loop the wake-ups at boundaries.
constexpr unsigned kExactSearch = 8;

}  // namespace

TimerWheel::TimerWheel(std::size_t capacity, Instant start, Duration tick)
    : capacity_(capacity), start_(start), tick_(tick), latest_(start) {
  HOLTER_ASSERT(capacity < kInHeap);
  HOLTER_ASSERT(tick > Duration::zero());
  heads_.fill(kNone);
}

void TimerWheel::grow(std::size_t capacity) {
  HOLTER_ASSERT(capacity < kInHeap);
  capacity_ = std::max(capacity_, capacity);
}

bool TimerWheel::is_scheduled(Key key) const { return key < timers_.size() && timers_[key].slot != kNone; }

void TimerWheel::schedule(Key key, Instant deadline) {
  HOLTER_ASSERT(key < capacity_);
  cancel(key);
  if (key >= timers_.size()) timers_.resize(key + std::size_t{1});
  timers_[key].deadline = deadline;
  link(key);
  ++size_;
}

void TimerWheel::cancel(Key key) {
  if (!is_scheduled(key)) return;
  if (timers_[key].slot == kInHeap) {
    heap_remove(timers_[key].next);
  } else {
    unlink(key);
  }
  timers_[key].slot = kNone;
  --size_;
}

std::optional<Instant> TimerWheel::next_deadline() const {
  if (!heap_.empty()) return timers_[heap_.front()].deadline;
  const auto slot = earliest_slot();
  if (!slot) return std::nullopt;
  Instant earliest = Instant::max();
  Key key = heads_[slot->slot];
  for (unsigned i = 0; i < kExactSearch && key != kNone; ++i, key = timers_[key].next) {
    earliest = std::min(earliest, timers_[key].deadline);
  }
  if (key == kNone) return earliest;
  return start_ + tick_ * static_cast<std::int64_t>(slot->first_tick);
}

void TimerWheel::advance(Instant now, std::vector<Key>& due) {
  latest_ = std::max(latest_, now);
  const std::uint64_t target = tick_of(latest_);
  for (auto slot = earliest_slot(); slot && slot->first_tick <= target; slot = earliest_slot()) {
    current_ = slot->first_tick;
    redistribute(slot->slot);
  }
  current_ = target;
  while (!heap_.empty() && timers_[heap_.front()].deadline <= latest_) {
    const Key key = heap_.front();
    cancel(key);
    due.push_back(key);
  }
}

std::uint64_t TimerWheel::tick_of(Instant t) const {
  if (t <= start_) return 0;
  return static_cast<std::uint64_t>((t - start_).in_nanoseconds() / tick_.in_nanoseconds());
}

// Within a level only slots behind the current one can be occupied, so the first bit set is the earliest slot.
std::optional<TimerWheel::Occupied> TimerWheel::earliest_slot() const {
  for (unsigned level = 0; level < kLevels; ++level) {
    for (unsigned word = 0; word < kWords; ++word) {
      const std::uint64_t bits = occupied_[level * kWords + word];
      if (bits == 0) continue;
      const unsigned index = word * 64 + static_cast<unsigned>(std::countr_zero(bits));
      const unsigned shift = level * kSlotBits;
      const std::uint64_t within = (std::uint64_t{kSlots} << shift) - 1;  // all bits at the top level
      return Occupied{level * kSlots + index, (current_ & ~within) | std::uint64_t{index} << shift};
    }
  }
  return std::nullopt;
}

void TimerWheel::link(Key key) {
  Timer& timer = timers_[key];
  const std::uint64_t tick = tick_of(timer.deadline);
  if (tick <= current_) {
    heap_push(key);
    return;
  }
  const unsigned level = (static_cast<unsigned>(std::bit_width(tick ^ current_)) - 1) / kSlotBits;
  const unsigned index = static_cast<unsigned>(tick >> (level * kSlotBits)) % kSlots;
  timer.slot = level * kSlots + index;
  timer.previous = kNone;
  timer.next = heads_[timer.slot];
  if (timer.next != kNone) timers_[timer.next].previous = key;
  heads_[timer.slot] = key;
  occupied_[timer.slot / 64] |= std::uint64_t{1} << timer.slot % 64;
}

void TimerWheel::unlink(Key key) {
  const Timer& timer = timers_[key];
  if (timer.next != kNone) timers_[timer.next].previous = timer.previous;
  if (timer.previous != kNone) {
    timers_[timer.previous].next = timer.next;
    return;
  }
  heads_[timer.slot] = timer.next;
  if (timer.next == kNone) occupied_[timer.slot / 64] &= ~(std::uint64_t{1} << timer.slot % 64);
}

// Moves every timer of a slot that the current tick has reached to where it belongs now: a lower level or the heap.
void TimerWheel::redistribute(std::uint32_t slot) {
  Key key = heads_[slot];
  heads_[slot] = kNone;
  occupied_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
  while (key != kNone) {
    const Key next = timers_[key].next;
    link(key);
    key = next;
  }
}

bool TimerWheel::earlier(Key a, Key b) const {
  if (timers_[a].deadline != timers_[b].deadline) return timers_[a].deadline < timers_[b].deadline;
  return a < b;
}

void TimerWheel::heap_put(std::size_t place, Key key) {
  heap_[place] = key;
  timers_[key].next = static_cast<std::uint32_t>(place);
}

void TimerWheel::heap_push(Key key) {
  timers_[key].slot = kInHeap;
  heap_.push_back(key);
  heap_put(heap_.size() - 1, key);
  heap_sift_up(heap_.size() - 1);
}

void TimerWheel::heap_remove(std::size_t place) {
  const Key last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  heap_put(place, last);
  heap_sift_up(place);
  heap_sift_down(timers_[last].next);
}

void TimerWheel::heap_sift_up(std::size_t place) {
  const Key key = heap_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!earlier(key, heap_[parent])) break;
    heap_put(place, heap_[parent]);
    place = parent;
  }
  heap_put(place, key);
}

void TimerWheel::heap_sift_down(std::size_t place) {
  const Key key = heap_[place];
  for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
    if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) ++child;
    if (!earlier(heap_[child], key)) break;
    heap_put(place, heap_[child]);
    place = child;
  }
  heap_put(place, key);
}

}  // namespace holter::base
