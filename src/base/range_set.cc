#include "base/range_set.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace holter::base {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

// The neighbours of a number, without leaving the number line.
constexpr std::uint64_t before(std::uint64_t n) { return n == 0 ? 0 : n - 1; }
constexpr std::uint64_t after(std::uint64_t n) { return n == kLargest ? n : n + 1; }

// The first range that ends at or behind n.
auto first_ending_from(const std::vector<RangeSet::Range>& ranges, std::uint64_t n) {
  return std::ranges::lower_bound(ranges, n, {}, &RangeSet::Range::last);
}

}  // namespace

RangeSet::RangeSet(std::size_t max_ranges) : max_ranges_(max_ranges) { HOLTER_ASSERT(max_ranges > 0); }

bool RangeSet::insert(std::uint64_t first, std::uint64_t last) {
  if (first > last) return true;
  const auto begin = first_ending_from(ranges_, before(first));
  const auto end = std::ranges::upper_bound(begin, ranges_.cend(), after(last), {}, &Range::first);
  if (begin == end) {
    if (ranges_.size() == max_ranges_) return false;
    ranges_.insert(begin, Range{first, last});
    return true;
  }
  const Range merged{std::min(first, begin->first), std::max(last, std::prev(end)->last)};
  const auto place = ranges_.erase(begin, std::prev(end));
  *place = merged;
  return true;
}

bool RangeSet::contains(std::uint64_t first, std::uint64_t last) const {
  if (first > last) return true;
  const auto range = first_ending_from(ranges_, last);
  return range != ranges_.end() && range->first <= first;
}

std::uint64_t RangeSet::prefix() const {
  if (ranges_.empty() || ranges_.front().first > 1) return 0;
  return ranges_.front().last;
}

std::vector<RangeSet::Range> RangeSet::missing(std::uint64_t first, std::uint64_t last, std::size_t limit) const {
  std::vector<Range> holes;
  for (auto range = first_ending_from(ranges_, first); first <= last && holes.size() < limit; ++range) {
    if (range == ranges_.end() || range->first > last) {
      holes.push_back({first, last});
      break;
    }
    if (range->first > first) holes.push_back({first, range->first - 1});
    if (range->last == kLargest) break;
    first = range->last + 1;
  }
  return holes;
}

}  // namespace holter::base
