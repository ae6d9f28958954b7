#include "notify/queue.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/seed_test.h"
#include "notify/changes_test.h"

namespace holter::notify {
namespace {

using base::Duration;
using base::Instant;
using Kind = Outcome::Kind;

class QueueTest : public ::testing::Test {
 protected:
  void push(std::uint64_t sequence, const std::string& session) {
    queue_.push(change_of(sequence, session), now_, Duration::zero());
  }
  // The sequence that is to be tried now; 0: none.
  std::uint64_t take() {
    const auto delivery = queue_.take(now_);
    attempt_ = delivery ? delivery->attempt : 0;
    left_out_ = delivery ? delivery->left_out : 0;
    return delivery ? delivery->change.id.sequence : 0;
  }
  void settle(std::uint64_t sequence, Kind kind, std::optional<Duration> asked = {}) {
    queue_.settle(change_of(sequence, "").id, kind, asked, now_, 1.0);
  }
  void wait(Duration span) { now_ += span; }

  Queue queue_{{.waiting = 5, .under_way = 3}};
  Instant now_ = Instant::from_nanoseconds(1'000'000'000);
  std::uint32_t attempt_ = 0;
  std::uint64_t left_out_ = 0;
};

TEST_F(QueueTest, OneOfASessionAtATimeAndInItsOrder) {
  push(1, "a");
  push(2, "a");
  push(3, "b");
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(take(), 3u);
  EXPECT_EQ(take(), 0u);
  EXPECT_EQ(queue_.under_way(), 2u);
  settle(1, Kind::delivered);
  EXPECT_EQ(take(), 2u);
  settle(2, Kind::delivered);
  settle(3, Kind::delivered);
  EXPECT_EQ(queue_.size(), 0u);
  EXPECT_EQ(queue_.counts().delivered, 3u);
  EXPECT_EQ(queue_.next_deadline(), Instant::max());
}

TEST_F(QueueTest, NoMoreAtOnceThanItsLimit) {
  for (std::uint64_t i = 1; i <= 5; ++i) push(i, std::to_string(i));
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(take(), 2u);
  EXPECT_EQ(take(), 3u);
  EXPECT_EQ(take(), 0u);
  settle(2, Kind::delivered);
  EXPECT_EQ(take(), 4u);
}

TEST_F(QueueTest, AFailedTryIsMadeAgainLaterAndLater) {
  push(1, "a");
  push(2, "a");
  Duration before = Duration::zero();
  for (std::uint32_t i = 1; i <= 12; ++i) {
    EXPECT_EQ(take(), 1u);
    EXPECT_EQ(attempt_, i);
    settle(1, Kind::failed);
    EXPECT_EQ(take(), 0u);
    const Duration pause = queue_.next_deadline() - now_;
    EXPECT_EQ(pause, std::min(Duration::seconds(1LL << (i - 1)), Duration::minutes(5)));
    EXPECT_GE(pause, before);
    before = pause;
    wait(pause);
  }
  EXPECT_EQ(take(), 1u);
  settle(1, Kind::delivered);
  EXPECT_EQ(take(), 2u);
  settle(2, Kind::failed);
  EXPECT_EQ(queue_.next_deadline() - now_, Duration::seconds(1));
  EXPECT_EQ(queue_.counts().failed_tries, 13u);
}

TEST_F(QueueTest, WhatIsRefusedIsNotTriedAgain) {
  push(1, "a");
  push(2, "a");
  EXPECT_EQ(take(), 1u);
  settle(1, Kind::refused);
  EXPECT_EQ(queue_.counts().refused, 1u);
  EXPECT_EQ(take(), 2u);
}

TEST_F(QueueTest, OneThatFailsDoesNotHoldUpAnother) {
  push(1, "a");
  EXPECT_EQ(take(), 1u);
  settle(1, Kind::failed);
  push(2, "b");
  EXPECT_EQ(take(), 2u);
}

TEST_F(QueueTest, TheOldestGoesWhenThereIsNoRoomAndTheNextDeliverySaysSo) {
  push(1, "a");
  EXPECT_EQ(take(), 1u);  // under way: it stays
  for (std::uint64_t i = 2; i <= 7; ++i) push(i, "a");
  EXPECT_EQ(queue_.size(), 5u);
  EXPECT_EQ(queue_.counts().left_out, 2u);
  settle(1, Kind::delivered);
  EXPECT_EQ(queue_.unsaid(), 2u);  // its delivery had been sent before
  EXPECT_EQ(take(), 4u);
  EXPECT_EQ(left_out_, 2u);
  settle(4, Kind::failed);
  wait(Duration::seconds(1));
  EXPECT_EQ(take(), 4u);
  EXPECT_EQ(left_out_, 2u);
  settle(4, Kind::delivered);
  EXPECT_EQ(take(), 5u);
  EXPECT_EQ(left_out_, 0u);
}

TEST_F(QueueTest, WhatHasFailedForADayIsGivenUp) {
  push(1, "a");
  push(2, "a");
  queue_.push(change_of(3, "old"), now_, Duration::hours(24));
  EXPECT_EQ(queue_.counts().given_up, 1u);
  while (now_ < Instant::from_nanoseconds(0) + Duration::hours(23)) {
    if (const auto sequence = take()) settle(sequence, Kind::failed);
    wait(Duration::minutes(5));
  }
  EXPECT_EQ(queue_.size(), 2u);
  wait(Duration::hours(2));
  EXPECT_LE(queue_.next_deadline(), now_);
  EXPECT_EQ(take(), 0u);
  EXPECT_EQ(queue_.size(), 0u);
  EXPECT_EQ(queue_.counts().given_up, 3u);
}

TEST_F(QueueTest, ItGivesUpByTheAgeOfTheChange) {
  queue_.push(change_of(1, "a"), now_, Duration::hours(23));
  EXPECT_EQ(queue_.next_deadline(), now_);
  EXPECT_EQ(take(), 1u);
  wait(Duration::hours(2));
  settle(1, Kind::failed);
  EXPECT_EQ(queue_.counts().given_up, 1u);
}

TEST_F(QueueTest, WhenTheReceiverIsAwayOneAtATimeIsTriedAndASuccessLetsAllGo) {
  for (std::uint64_t i = 1; i <= 4; ++i) push(i, std::to_string(i));
  for (std::uint64_t i = 1; i <= 3; ++i) EXPECT_EQ(take(), i);
  for (std::uint64_t i = 1; i <= 3; ++i) settle(i, Kind::failed);
  EXPECT_EQ(take(), 0u);  // though nobody has tried 4
  EXPECT_EQ(queue_.next_deadline(), now_ + Duration::seconds(1));
  wait(Duration::seconds(1));
  EXPECT_EQ(take(), 4u);
  EXPECT_EQ(take(), 0u);
  settle(4, Kind::failed);
  EXPECT_EQ(queue_.next_deadline(), now_ + Duration::seconds(2));
  wait(Duration::seconds(2));
  const auto first = take();
  EXPECT_NE(first, 0u);
  settle(first, Kind::delivered);
  std::set<std::uint64_t> rest{take(), take(), take()};
  rest.insert(first);
  EXPECT_EQ(rest, (std::set<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(QueueTest, AReceiverMayAskForAPause) {
  push(1, "a");
  push(2, "b");
  EXPECT_EQ(take(), 1u);
  settle(1, Kind::failed, Duration::seconds(90));
  EXPECT_EQ(take(), 0u);
  EXPECT_EQ(queue_.next_deadline(), now_ + Duration::seconds(90));
  wait(Duration::seconds(90));
  EXPECT_NE(take(), 0u);
  settle(2, Kind::failed, Duration::hours(500));
  EXPECT_EQ(queue_.next_deadline(), now_ + Duration::hours(1));
}

TEST_F(QueueTest, TheSameChangeIsTakenOnce) {
  push(1, "a");
  push(1, "a");
  EXPECT_EQ(queue_.size(), 1u);
  EXPECT_EQ(queue_.ids().size(), 1u);
}

// Whatever comes back, every change ends in exactly one count, and each session is told in its order.
TEST(QueueRandom, NothingIsLostAndOrderHolds) {
  auto random = base::seeded_random();
  for (int round = 0; round < 50; ++round) {
    Queue queue({.waiting = 40, .under_way = 4});
    Instant now = Instant::from_nanoseconds(1);
    std::uint64_t pushed = 0;
    std::vector<Delivery> under_way;
    std::map<std::string, std::uint64_t> last;
    for (int step = 0; step < 2'000 || queue.size() > 0; ++step) {
      if (step < 2'000 && random() % 3 == 0) {
        queue.push(change_of(++pushed, std::to_string(random() % 12)), now, Duration::zero());
      }
      while (auto delivery = queue.take(now)) under_way.push_back(std::move(*delivery));
      ASSERT_LE(under_way.size(), 4u);
      ASSERT_LE(queue.size(), 44u);
      if (!under_way.empty() && random() % 2 == 0) {
        const auto which = static_cast<std::ptrdiff_t>(random() % under_way.size());
        const Delivery delivery = under_way[static_cast<std::size_t>(which)];
        under_way.erase(under_way.begin() + which);
        const auto kind = static_cast<Kind>(random() % 3);
        auto& told = last[delivery.change.body.session.raw()];
        ASSERT_GE(delivery.change.id.sequence, told);
        told = delivery.change.id.sequence;
        queue.settle(delivery.change.id, kind, {}, now, 0.5);
      }
      if (under_way.empty() && queue.size() > 0) now = std::max(now, queue.next_deadline());
      ASSERT_LT(step, 1'000'000);
    }
    const QueueCounts& counts = queue.counts();
    EXPECT_EQ(counts.delivered + counts.refused + counts.given_up + counts.left_out, pushed);
  }
}

}  // namespace
}  // namespace holter::notify
