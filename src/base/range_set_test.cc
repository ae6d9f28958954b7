#include "base/range_set.h"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "base/seed_test.h"

namespace holter::base {
namespace {

using testing::ElementsAre;
using Range = RangeSet::Range;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

TEST(RangeSet, TouchingRangesMerge) {
  RangeSet set(8);
  EXPECT_TRUE(set.insert(5));
  EXPECT_TRUE(set.insert(7, 9));
  EXPECT_THAT(set.ranges(), ElementsAre(Range{5, 5}, Range{7, 9}));
  EXPECT_TRUE(set.insert(6));
  EXPECT_THAT(set.ranges(), ElementsAre(Range{5, 9}));
  EXPECT_TRUE(set.insert(1, 20));
  EXPECT_THAT(set.ranges(), ElementsAre(Range{1, 20}));
}

TEST(RangeSet, PrefixCountsFromOne) {
  RangeSet set(8);
  EXPECT_EQ(set.prefix(), 0u);
  set.insert(2, 4);
  EXPECT_EQ(set.prefix(), 0u);
  set.insert(1);
  EXPECT_EQ(set.prefix(), 4u);
  set.insert(0);
  EXPECT_EQ(set.prefix(), 4u);
}

TEST(RangeSet, AFullSetRefusesAndChangesNothing) {
  RangeSet set(2);
  EXPECT_TRUE(set.insert(1));
  EXPECT_TRUE(set.insert(5));
  const RangeSet before = set;
  EXPECT_FALSE(set.insert(3));
  EXPECT_EQ(set, before);
  EXPECT_TRUE(set.insert(2)) << "joins a range, so it needs no room";
  EXPECT_TRUE(set.insert(3, 4)) << "joins two";
  EXPECT_THAT(set.ranges(), ElementsAre(Range{1, 5}));
}

TEST(RangeSet, AnEmptyRangeAlwaysFits) {
  RangeSet set(1);
  set.insert(1);
  EXPECT_TRUE(set.insert(9, 8));
  EXPECT_TRUE(set.contains(9, 8));
  EXPECT_THAT(set.missing(9, 8, 5), ElementsAre());
}

TEST(RangeSet, TheEndsOfTheNumberLine) {
  RangeSet set(8);
  EXPECT_TRUE(set.insert(kMost));
  EXPECT_TRUE(set.insert(0));
  EXPECT_TRUE(set.contains(kMost));
  EXPECT_FALSE(set.contains(kMost - 1));
  EXPECT_THAT(set.missing(0, kMost, 5), ElementsAre(Range{1, kMost - 1}));
  EXPECT_TRUE(set.insert(kMost - 1));
  EXPECT_TRUE(set.insert(1, kMost));
  EXPECT_THAT(set.ranges(), ElementsAre(Range{0, kMost}));
  EXPECT_EQ(set.prefix(), kMost);
  EXPECT_THAT(set.missing(0, kMost, 5), ElementsAre());
}

TEST(RangeSet, MissingStopsAtItsLimit) {
  RangeSet set(8);
  set.insert(3);
  set.insert(6);
  EXPECT_THAT(set.missing(1, 9, 9), ElementsAre(Range{1, 2}, Range{4, 5}, Range{7, 9}));
  EXPECT_THAT(set.missing(1, 9, 2), ElementsAre(Range{1, 2}, Range{4, 5}));
  EXPECT_THAT(set.missing(1, 9, 0), ElementsAre());
}

// Against a set of single numbers, over a small line so that everything touches everything.
class Model {
 public:
  explicit Model(std::mt19937_64& random) : random_(random) {}

  void step() {
    const std::uint64_t first = below(random_, kLine);
    const std::uint64_t last = first > 0 && below(random_, 20) == 0 ? first - 1 : first + below(random_, 6);
    std::set<std::uint64_t> grown = numbers_;
    for (std::uint64_t n = first; first <= last && n <= last; ++n) grown.insert(n);
    const bool fits = ranges_of(grown) <= kRanges;
    ASSERT_EQ(set_.insert(first, last), fits) << first << ".." << last;
    if (fits) numbers_ = std::move(grown);
    compare();
  }

 private:
  static constexpr std::uint64_t kLine = 150;
  static constexpr std::size_t kRanges = 12;

  static std::size_t ranges_of(const std::set<std::uint64_t>& numbers) {
    std::size_t count = 0;
    for (const std::uint64_t n : numbers) count += n == 0 || !numbers.contains(n - 1) ? 1 : 0;
    return count;
  }

  void compare() {
    ASSERT_EQ(set_.ranges().size(), ranges_of(numbers_));
    for (std::uint64_t n = 0; n < kLine + 10; ++n) ASSERT_EQ(set_.contains(n), numbers_.contains(n)) << n;
    std::uint64_t prefix = 0;
    while (numbers_.contains(prefix + 1)) ++prefix;
    ASSERT_EQ(set_.prefix(), prefix);
    const std::uint64_t first = below(random_, kLine);
    const std::uint64_t last = first + below(random_, 40);
    std::set<std::uint64_t> holes;
    for (const Range& hole : set_.missing(first, last, 100)) {
      for (std::uint64_t n = hole.first; n <= hole.last; ++n) ASSERT_TRUE(holes.insert(n).second);
    }
    for (std::uint64_t n = first; n <= last; ++n) ASSERT_EQ(holes.contains(n), !numbers_.contains(n)) << n;
    ASSERT_EQ(set_.contains(first, last), holes.empty());
  }

  std::mt19937_64& random_;
  RangeSet set_{kRanges};
  std::set<std::uint64_t> numbers_;
};

TEST(RangeSet, AgreesWithASetOfNumbers) {
  auto random = seeded_random();
  for (int round = 0; round < 20; ++round) {
    Model model(random);
    for (int step = 0; step < 60; ++step) {
      model.step();
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace holter::base
