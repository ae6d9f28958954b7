// RangeSet is a set of 64-bit numbers kept as ranges: what a hub has stored of a lane, what an ack names, what is still
// missing. Touching ranges merge, so numbers that arrive nearly in order cost a handful of ranges however many they
// are. Bounded by `max_ranges`: an insertion that would need one more is refused and changes nothing, which leaves the
// sender to fill older holes first. insert is O(number of ranges), contains O(log). One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace holter::base {

class RangeSet {
 public:
  // Both ends belong to it; first <= last.
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    friend bool operator==(const Range&, const Range&) = default;
  };

  explicit RangeSet(std::size_t max_ranges);

  // False, and nothing changed, when there is no room. first > last is an empty range and always fits.
  bool insert(std::uint64_t first, std::uint64_t last);
  bool insert(std::uint64_t number) { return insert(number, number); }

  bool contains(std::uint64_t number) const { return contains(number, number); }
  // All of first..last; true for an empty range.
  bool contains(std::uint64_t first, std::uint64_t last) const;

  // The largest n such that all of 1..n are there; 0 when 1 is not.
  std::uint64_t prefix() const;

  // The first `limit` ranges of first..last that are not in the set, rising.
  std::vector<Range> missing(std::uint64_t first, std::uint64_t last, std::size_t limit) const;

  // Rising, disjoint, never touching.
  std::span<const Range> ranges() const { return ranges_; }
  bool empty() const { return ranges_.empty(); }
  std::size_t max_ranges() const { return max_ranges_; }

  friend bool operator==(const RangeSet&, const RangeSet&) = default;

 private:
  std::size_t max_ranges_;
  std::vector<Range> ranges_;
};

}  // namespace holter::base
