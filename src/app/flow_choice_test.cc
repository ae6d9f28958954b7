#include "app/flow_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/seed_test.h"

namespace holter::app {
namespace {

using record::FlowRecord;

TEST(FlowChoice, IsTheBeginningOfTheWholeOrder) {
  std::mt19937_64 random = base::seeded_random();
  std::vector<FlowRecord> all(5'000);
  FlowChoice choice(FlowOrder::bytes, 70);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].initiator_bytes = random() % 500;
    all[i].initiator_packets = i;  // to tell equal ones apart
    choice.add(std::span(all).subspan(i, 1));
  }
  // std::stable_sort of this library takes a buffer that is deprecated.
  std::ranges::sort(all, {}, [](const FlowRecord& flow) {
    return std::pair(~flow.initiator_bytes, flow.initiator_packets);
  });
  const auto chosen = choice.take();
  ASSERT_EQ(chosen.size(), 70u);
  EXPECT_TRUE(std::ranges::equal(chosen, std::span(all).first(70)));
}

TEST(FlowChoice, OfTimesTheEarliestComeFirst) {
  FlowChoice choice(FlowOrder::first, 2);
  std::vector<FlowRecord> flows(3);
  for (std::size_t i = 0; i < flows.size(); ++i) {
    flows[i].first = base::PacketTime::from_nanoseconds(30 - static_cast<std::int64_t>(i));
  }
  choice.add(flows);
  const auto chosen = choice.take();
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_EQ(chosen[0].first.in_nanoseconds(), 28);
}

}  // namespace
}  // namespace holter::app
