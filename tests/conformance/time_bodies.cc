#include <gtest/gtest.h>

#include "conformance/bodies.h"
#include "env/mailbox.h"

namespace holter::conformance {
namespace {

using base::Duration;
using base::ErrorKind;
using env::Task;

Task<base::Result<int>> answer_after(env::Env env, Duration delay) {
  co_await env.clock.sleep_for(delay);
  co_return 42;
}

Task<void> sleep_and_mark(env::Env env, bool* woke) {
  co_await env.clock.sleep_for(Duration::hours(1));
  *woke = true;
}

// Says that its frame is gone.
class Mark {
 public:
  explicit Mark(bool* gone) : gone_(gone) {}
  ~Mark() { *gone_ = true; }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

 private:
  bool* gone_;
};

Task<base::Result<int>> sleep_long(env::Env env, bool* ended) {
  const Mark mark(ended);
  co_await env.clock.sleep_for(Duration::hours(2));
  co_return 42;
}

Task<void> wait_within_an_hour(env::Env env, bool* ended) {
  auto sleeping = sleep_long(env, ended);
  co_await env::with_deadline(env.clock, env.clock.now() + Duration::hours(1), std::move(sleeping));
  ADD_FAILURE() << "a cancelled wait went on";
}

}  // namespace

Task<void> sleeps_are_not_early(Place place) {
  const auto due = place.env.clock.now() + Duration::milliseconds(20);
  co_await place.env.clock.sleep_until(due);
  EXPECT_GE(place.env.clock.now(), due);
  const auto before = place.env.clock.now();
  co_await place.env.clock.sleep_until(before - Duration::seconds(1));
  EXPECT_LT(place.env.clock.now() - before, Duration::seconds(5));
}

Task<void> deadlines_go_both_ways(Place place) {
  const auto env = place.env;
  auto quick = answer_after(env, Duration::milliseconds(1));
  const auto won = co_await env::with_deadline(env.clock, env.clock.now() + Duration::seconds(30), std::move(quick));
  EXPECT_TRUE(won && *won == 42);
  auto slow = answer_after(env, Duration::hours(1));
  const auto lost =
      co_await env::with_deadline(env.clock, env.clock.now() + Duration::milliseconds(5), std::move(slow));
  EXPECT_TRUE(!lost && lost.error().kind == ErrorKind::timeout);
}

Task<void> what_is_cancelled_ends_what_it_waits_for(Place place) {
  const auto env = place.env;
  bool ended = false;
  env::TaskGroup group(env.executor);
  group.spawn(wait_within_an_hour(env, &ended));
  co_await env.clock.sleep_for(Duration::milliseconds(1));
  co_await group.stop();
  EXPECT_TRUE(ended);
}

Task<void> reminders_come_once_unless_taken_back(Place place) {
  const auto env = place.env;
  int kept = 0;
  int taken_back = 0;
  int past = 0;
  const auto due = env.clock.now() + Duration::milliseconds(5);
  const auto reminder = env.clock.remind(due, [&kept] { ++kept; });
  auto other = env.clock.remind(due, [&taken_back] { ++taken_back; });
  other.reset();
  const auto late = env.clock.remind(due - Duration::hours(1), [&past] { ++past; });
  EXPECT_EQ(past, 0);
  co_await env.clock.sleep_until(due + Duration::milliseconds(5));
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(taken_back, 0);
  EXPECT_EQ(past, 1);
}

Task<void> stopping_a_group_ends_its_children(Place place) {
  bool woke = false;
  env::TaskGroup group(place.env.executor);
  group.spawn(sleep_and_mark(place.env, &woke));
  group.spawn(sleep_and_mark(place.env, &woke));
  co_await place.env.clock.sleep_for(Duration::milliseconds(1));
  EXPECT_EQ(group.running(), 2U);
  co_await group.stop();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_FALSE(woke);
}

Task<void> mailbox_takes_posts_and_counts_refusals(Place place) {
  env::Mailbox<int> box(place.env.executor, 2);
  auto* const posts = &box;
  co_await place.env.offload.run_blocking([posts] {
    EXPECT_TRUE(posts->post(1));
    EXPECT_TRUE(posts->post(2));
    EXPECT_FALSE(posts->post(3));
  });
  const auto got = co_await box.receive();
  EXPECT_EQ(got, (std::vector<int>{1, 2}));
  EXPECT_EQ(box.take_refused(), 1U);
  box.close();
  const auto end = co_await box.receive();
  EXPECT_TRUE(end.empty());
}

Task<void> offload_keeps_order(Place place) {
  std::vector<int> order;
  auto* const seen = &order;
  for (int i = 0; i < 3; ++i) co_await place.env.offload.run_blocking([seen, i] { seen->push_back(i); });
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  const int sum = co_await place.env.offload.run([] { return 2 + 2; });
  EXPECT_EQ(sum, 4);
}

}  // namespace holter::conformance
