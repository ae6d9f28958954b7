#include "base/timer_wheel.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/seed_test.h"

namespace holter::base {
namespace {

using testing::ElementsAre;
using Key = TimerWheel::Key;

constexpr Instant kStart = Instant::from_nanoseconds(1'000'000'000'123);

Instant after(Duration d) { return kStart + d; }

std::vector<Key> advance(TimerWheel& wheel, Instant now) {
  std::vector<Key> due;
  wheel.advance(now, due);
  return due;
}

TEST(TimerWheel, FiresInOrderOfDeadlineThenOfKey) {
  TimerWheel wheel(10, kStart);
  wheel.schedule(3, after(Duration::milliseconds(5)));
  wheel.schedule(1, after(Duration::milliseconds(5)));
  wheel.schedule(2, after(Duration::microseconds(5'001)));
  wheel.schedule(7, after(Duration::hours(30)));
  EXPECT_EQ(wheel.size(), 4u);
  EXPECT_THAT(advance(wheel, after(Duration::microseconds(4'999))), ElementsAre());
  EXPECT_THAT(advance(wheel, after(Duration::milliseconds(5))), ElementsAre(1, 3));
  EXPECT_THAT(advance(wheel, after(Duration::hours(31))), ElementsAre(2, 7));
  EXPECT_EQ(wheel.size(), 0u);
  EXPECT_FALSE(wheel.next_deadline().has_value());
}

TEST(TimerWheel, ATickGroupsAndNeverRounds) {
  TimerWheel wheel(2, kStart, Duration::seconds(1));
  wheel.schedule(0, after(Duration::nanoseconds(1'500'000'001)));
  EXPECT_THAT(advance(wheel, after(Duration::nanoseconds(1'500'000'000))), ElementsAre());
  EXPECT_EQ(wheel.next_deadline(), after(Duration::nanoseconds(1'500'000'001)));
  EXPECT_THAT(advance(wheel, after(Duration::nanoseconds(1'500'000'001))), ElementsAre(0));
}

TEST(TimerWheel, ThePastIsDueAtOnce) {
  TimerWheel wheel(3, kStart);
  wheel.schedule(0, Instant::from_nanoseconds(0));
  wheel.schedule(1, kStart);
  EXPECT_EQ(wheel.next_deadline(), Instant::from_nanoseconds(0));
  EXPECT_THAT(advance(wheel, Instant::from_nanoseconds(5)), ElementsAre(0, 1)) << "now never runs backwards";
}

// A slot is searched for its exact earliest deadline only while it is short.
TEST(TimerWheel, ACrowdedSlotIsNotLateWhicheverWayItWasFilled) {
  for (const bool rising : {true, false}) {
    TimerWheel wheel(20, kStart);
    for (Key i = 0; i < 20; ++i) {
      const Key key = rising ? i : 19 - i;
      wheel.schedule(key, after(Duration::milliseconds(10'000 + key)));
    }
    EXPECT_LE(*wheel.next_deadline(), after(Duration::milliseconds(10'000)));
    EXPECT_GT(*wheel.next_deadline(), kStart);
  }
}

TEST(TimerWheel, MovesAndCancels) {
  TimerWheel wheel(3, kStart);
  wheel.schedule(0, after(Duration::seconds(1)));
  wheel.schedule(0, after(Duration::seconds(9)));
  wheel.schedule(1, after(Duration::seconds(1)));
  wheel.cancel(1);
  wheel.cancel(1);
  wheel.cancel(2);
  EXPECT_FALSE(wheel.is_scheduled(1));
  EXPECT_EQ(wheel.size(), 1u);
  EXPECT_THAT(advance(wheel, after(Duration::seconds(8))), ElementsAre());
  EXPECT_THAT(advance(wheel, after(Duration::seconds(9))), ElementsAre(0));
}

TEST(TimerWheel, TheEndOfTimeHasAPlace) {
  TimerWheel wheel(2, Instant::from_nanoseconds(0), Duration::nanoseconds(1));
  wheel.schedule(0, Instant::max());
  wheel.schedule(1, Instant::from_nanoseconds(1));
  EXPECT_THAT(advance(wheel, Instant::from_nanoseconds(1)), ElementsAre(1));
  EXPECT_LE(*wheel.next_deadline(), Instant::max());
  EXPECT_THAT(advance(wheel, Instant::max()), ElementsAre(0));
}

TEST(TimerWheelDeathTest, KeysAreBounded) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TimerWheel wheel(2, kStart);
  EXPECT_DEATH(wheel.schedule(2, kStart), "key < capacity_");
  wheel.grow(3);
  wheel.schedule(2, kStart);
  EXPECT_TRUE(wheel.is_scheduled(2));
}

// The wheel beside the plainest thing that does the same: a set ordered by deadline, then key.
class Model {
 public:
  Model(std::mt19937_64& random, std::size_t keys, Duration tick)
      : random_(random), keys_(keys), wheel_(keys, kStart, tick) {}

  void step() {
    const auto key = static_cast<Key>(below(random_, keys_));
    const std::uint64_t choice = below(random_, 10);
    if (choice < 6) {
      const Instant deadline = now_ + distance() - Duration::milliseconds(2);
      forget(key);
      wheel_.schedule(key, deadline);
      deadlines_[key] = deadline;
      ordered_.insert({deadline, key});
    } else if (choice < 7) {
      forget(key);
      wheel_.cancel(key);
    } else {
      advance_to(choice == 7 ? next() : now_ + distance());
    }
    ASSERT_EQ(wheel_.size(), ordered_.size());
    ASSERT_EQ(wheel_.is_scheduled(key), deadlines_.contains(key));
    next_is_never_late();
  }

 private:
  // Every order of magnitude from nanoseconds to years.
  Duration distance() {
    return Duration::nanoseconds(static_cast<std::int64_t>(random_() >> (4 + below(random_, 60))));
  }
  Instant next() const { return wheel_.next_deadline().value_or(now_); }

  void forget(Key key) {
    if (const auto found = deadlines_.find(key); found != deadlines_.end()) {
      ordered_.erase({found->second, key});
      deadlines_.erase(found);
    }
  }

  void advance_to(Instant now) {
    now_ = std::max(now_, now);
    std::vector<Key> expected;
    while (!ordered_.empty() && ordered_.begin()->first <= now_) {
      expected.push_back(ordered_.begin()->second);
      forget(expected.back());
    }
    std::vector<Key> due;
    wheel_.advance(now, due);
    ASSERT_EQ(due, expected);
  }

  void next_is_never_late() {
    const auto next = wheel_.next_deadline();
    ASSERT_EQ(next.has_value(), !ordered_.empty());
    if (!next) return;
    const Instant earliest = ordered_.begin()->first;
    ASSERT_LE(*next, earliest);
    if (earliest > now_) {
      ASSERT_GT(*next, now_) << "sleeping until a moment that has been makes no progress";
    }
  }

  std::mt19937_64& random_;
  std::size_t keys_;
  TimerWheel wheel_;
  Instant now_ = kStart;
  std::map<Key, Instant> deadlines_;
  std::set<std::pair<Instant, Key>> ordered_;
};

TEST(TimerWheel, AgreesWithAnOrderedSet) {
  auto random = seeded_random();
  for (const Duration tick : {Duration::nanoseconds(1), Duration::microseconds(7), Duration::milliseconds(1)}) {
    for (const std::size_t keys : {1U, 5U, 40U, 1'000U}) {
      Model model(random, keys, tick);
      for (int step = 0; step < 10'000; ++step) {
        model.step();
        if (HasFatalFailure()) return;
      }
    }
  }
}

// A million sessions, each deadline within a minute, and a loop that sleeps until next_deadline().
TEST(TimerWheel, AMillionTimersFireEachOnceAndInTime) {
  constexpr std::size_t kTimers = 1'000'000;
  auto random = seeded_random();
  TimerWheel wheel(kTimers, kStart);
  std::vector<Instant> deadlines(kTimers);
  for (Key key = 0; key < kTimers; ++key) {
    deadlines[key] = after(Duration::nanoseconds(static_cast<std::int64_t>(below(random, 60'000'000'000))));
    wheel.schedule(key, deadlines[key]);
  }
  std::size_t fired = 0;
  std::size_t rounds = 0;
  std::vector<Key> due;
  Instant before = kStart;
  while (const auto next = wheel.next_deadline()) {
    const Instant now = *next + Duration::milliseconds(1);  // the loop wakes a little late
    due.clear();
    wheel.advance(now, due);
    for (const Key key : due) {
      ASSERT_LE(deadlines[key], now);
      ASSERT_GE(deadlines[key], before) << "it was due in an earlier round";
    }
    fired += due.size();
    before = *next;
    ++rounds;
  }
  EXPECT_EQ(fired, kTimers);
  EXPECT_LE(rounds, 61'000u) << "about one round a millisecond";
}

}  // namespace
}  // namespace holter::base
