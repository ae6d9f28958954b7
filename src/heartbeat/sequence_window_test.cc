#include "heartbeat/sequence_window.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

TEST(SequenceWindow, AcceptsEachSequenceOnce) {
  SequenceWindow window;
  EXPECT_EQ(window.accept(1, 1), Freshness::newest);
  EXPECT_EQ(window.accept(1, 1), Freshness::seen);
  EXPECT_EQ(window.accept(1, 4), Freshness::newest);
  EXPECT_EQ(window.accept(1, 2), Freshness::reordered);
  EXPECT_EQ(window.accept(1, 2), Freshness::seen);
  EXPECT_EQ(window.accept(1, 3), Freshness::reordered);
  EXPECT_EQ(window.accept(1, 4), Freshness::seen);
}

TEST(SequenceWindow, IsSixtyFourWide) {
  SequenceWindow window;
  window.accept(1, 1);
  window.accept(1, 100);
  EXPECT_EQ(window.accept(1, 36), Freshness::seen);
  EXPECT_EQ(window.accept(1, 37), Freshness::reordered);
  EXPECT_EQ(window.accept(1, 100 + 64), Freshness::newest);
  EXPECT_EQ(window.accept(1, 100), Freshness::seen);
  EXPECT_EQ(window.accept(1, 101), Freshness::reordered);
  EXPECT_EQ(window.accept(1, UINT64_MAX), Freshness::newest);
  EXPECT_EQ(window.accept(1, UINT64_MAX), Freshness::seen);
}

TEST(SequenceWindow, ARestartIsAcceptedAndTheOldIncarnationIsNot) {
  SequenceWindow window;
  window.accept(1, 1'000);
  EXPECT_EQ(window.accept(2, 1), Freshness::newest);
  EXPECT_EQ(window.accept(1, 1'000), Freshness::seen);
  EXPECT_EQ(window.accept(1, 999), Freshness::seen);
  EXPECT_EQ(window.incarnation(), 2U);
}

TEST(SequenceWindow, TwoBeaconsOfOneNameBothCount) {
  SequenceWindow window;
  for (std::uint64_t n = 1; n < 20; ++n) {
    EXPECT_EQ(window.accept(1, n), Freshness::newest);
    EXPECT_EQ(window.accept(2, n), Freshness::newest);
    EXPECT_EQ(window.accept(1, n), Freshness::seen);
  }
}

TEST(SequenceWindow, NumbersAreAcceptedOncePerIncarnation) {
  SequenceWindow window;
  window.accept(1, 1);
  EXPECT_FALSE(window.number_seen(1, 1));
  EXPECT_TRUE(window.accept_number(1));
  EXPECT_FALSE(window.accept_number(1));
  EXPECT_TRUE(window.accept_number(2));
  window.accept(2, 1);
  EXPECT_TRUE(window.accept_number(1));
  EXPECT_TRUE(window.number_seen(1, 2));
  EXPECT_FALSE(window.number_seen(1, 3));
  EXPECT_FALSE(window.number_seen(9, 1));
}

TEST(SequenceWindow, RemembersWhoKeepsTheSessionOverManyOthers) {
  SequenceWindow window;
  window.accept(7, 1);
  window.keep();
  EXPECT_FALSE(window.kept_by_other());
  for (std::uint64_t guest = 100; guest < 105; ++guest) {
    window.accept(guest, 1);
    EXPECT_TRUE(window.kept_by_other());
  }
  window.accept(7, 2);
  EXPECT_TRUE(window.kept());
  EXPECT_FALSE(window.kept_by_other());
  window.accept(200, 1);
  window.release();
  EXPECT_FALSE(window.kept_by_other());
}

}  // namespace
}  // namespace holter::heartbeat
