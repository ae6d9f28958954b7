#include "tests/impair/on_its_way.h"

#include <gmock/gmock.h>

namespace holter::impair {
namespace {

base::Instant at(std::int64_t ms) { return base::Instant::from_nanoseconds(ms * 1'000'000); }

TEST(OnItsWay, WhatIsDueFirstComesFirst) {
  OnItsWay frames;
  EXPECT_FALSE(frames.next_deadline());
  for (const std::uint8_t due : {30, 10, 20, 10}) {
    static std::uint8_t order = 0;
    frames.put(at(due), {{}, {due, order++}});
  }
  EXPECT_EQ(frames.next_deadline(), at(10));
  EXPECT_FALSE(frames.take(at(9)));
  std::vector<std::vector<std::uint8_t>> out;
  while (const auto frame = frames.take(at(30))) out.push_back(frame->bytes);
  using Bytes = std::vector<std::uint8_t>;
  EXPECT_THAT(out, testing::ElementsAre(Bytes{10, 1}, Bytes{10, 3}, Bytes{20, 2}, Bytes{30, 0}));
}

TEST(OnItsWay, HasALimit) {
  OnItsWay frames;
  for (std::size_t i = 0; i < kMaxOnTheirWay; ++i) ASSERT_TRUE(frames.put(at(1), {}));
  EXPECT_FALSE(frames.put(at(1), {}));
}

}  // namespace
}  // namespace holter::impair
