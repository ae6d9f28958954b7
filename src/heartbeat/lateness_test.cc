#include "heartbeat/lateness.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

TEST(Lateness, CountsEachInEveryClassThatHoldsIt) {
  Lateness lateness;
  lateness.add(base::Duration::zero());
  lateness.add(base::Duration::milliseconds(20));
  lateness.add(base::Duration::seconds(3));
  EXPECT_EQ(lateness.within(0), 1U);
  EXPECT_EQ(lateness.within(3), 1U) << "10 ms";
  EXPECT_EQ(lateness.within(4), 2U) << "20 ms";
  EXPECT_EQ(lateness.within(Lateness::kBounds.size() - 1), 2U);
  EXPECT_EQ(lateness.total(), 3U);
  EXPECT_EQ(lateness.sum(), base::Duration::milliseconds(3'020));
}

}  // namespace
}  // namespace holter::heartbeat
