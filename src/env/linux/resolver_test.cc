#include "env/linux/resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"
#include "env/task.h"

namespace holter::env_linux {
namespace {

using base::Duration;
using base::IpAddress;

const auto kSomeAddress = IpAddress::v4({192, 0, 2, 7});

// A host's resolver of which names that begin with "dead" are answered only once the test says so. Shared with the
// threads that are still in it when the test is over.
class DeadNames {
 public:
  Resolver::LookUp look_up() const {
    return [state = state_](const std::string& name) -> Resolver::Addresses {
      const std::size_t now = ++state->under_way;
      std::size_t most = state->most;
      while (now > most && !state->most.compare_exchange_weak(most, now)) continue;
      {
        const std::lock_guard lock(state->mutex);
        state->threads.insert(std::this_thread::get_id());
      }
      if (name.starts_with("dead")) std::shared_future<void>(state->answered).wait();
      --state->under_way;
      return std::vector{kSomeAddress};
    };
  }
  void answer() { state_->promise.set_value(); }
  std::size_t under_way() const { return state_->under_way; }
  std::size_t most_under_way() const { return state_->most; }
  std::size_t threads() const {
    const std::lock_guard lock(state_->mutex);
    return state_->threads.size();
  }

 private:
  struct State {
    std::promise<void> promise;
    std::shared_future<void> answered = promise.get_future();
    std::atomic<std::size_t> under_way = 0;
    std::atomic<std::size_t> most = 0;
    std::mutex mutex;
    std::set<std::thread::id> threads;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

env::Task<void> resolve_within(env::Env env, Resolver* resolver, std::string name, Duration time,
                               Resolver::Addresses* found) {
  auto resolving = resolver->resolve(std::move(name));
  const base::Instant deadline = env.clock.now() + time;
  auto answer = env::with_deadline<std::vector<IpAddress>>(env.clock, deadline, std::move(resolving));
  *found = co_await std::move(answer);
}

class ResolverTest : public testing::Test {
 protected:
  Resolver::Addresses resolve(Resolver& resolver, std::string name, Duration time) {
    Resolver::Addresses found = base::Error{};
    loop_->run(resolve_within(loop_->env(), &resolver, std::move(name), time, &found));
    return found;
  }

  TestLog log_;
  std::unique_ptr<Loop> loop_ = Loop::create(log_).value();
  DeadNames names_;
};

TEST_F(ResolverTest, ADeadNameDelaysNoOther) {
  Resolver resolver(loop_->env().executor, names_.look_up());
  const auto dead = resolve(resolver, "dead.example", Duration::milliseconds(1));
  ASSERT_FALSE(dead);
  EXPECT_EQ(dead.error().kind, base::ErrorKind::timeout);
  EXPECT_EQ(resolve(resolver, "alive.example", Duration::minutes(1)).value(), std::vector{kSomeAddress});
  names_.answer();
}

TEST_F(ResolverTest, GoesWithoutWaitingForWhatIsUnderWay) {
  {
    Resolver resolver(loop_->env().executor, names_.look_up());
    EXPECT_FALSE(resolve(resolver, "dead.example", Duration::milliseconds(1)));
  }
  names_.answer();
}

TEST_F(ResolverTest, AThreadIsUsedAgain) {
  Resolver resolver(loop_->env().executor, names_.look_up());
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(resolve(resolver, "alive.example", Duration::minutes(1)));
  EXPECT_EQ(names_.threads(), 1U);
}

env::Task<void> resolve_all(env::Env env, Resolver* resolver, std::size_t count, std::size_t* answered) {
  env::TaskGroup group(env.executor);
  std::vector<Resolver::Addresses> found(count, base::Error{});
  for (auto& one : found) {
    auto resolving = resolve_within(env, resolver, "dead.example", Duration::minutes(1), &one);
    group.spawn(std::move(resolving));
  }
  co_await group.join();
  for (const auto& one : found) *answered += one ? 1 : 0;
}

TEST_F(ResolverTest, MoreThanItsThreadsWait) {
  Resolver resolver(loop_->env().executor, names_.look_up());
  // Each takes a thread, unless it is passed over because nobody waits for it any more.
  while (names_.under_way() < kMaxLookups) EXPECT_FALSE(resolve(resolver, "dead.example", Duration::milliseconds(1)));
  EXPECT_FALSE(resolve(resolver, "alive.example", Duration::milliseconds(10)));
  names_.answer();
  std::size_t answered = 0;
  loop_->run(resolve_all(loop_->env(), &resolver, 3 * kMaxLookups, &answered));
  EXPECT_EQ(answered, 3 * kMaxLookups);
  EXPECT_LE(names_.most_under_way(), kMaxLookups);
}

}  // namespace
}  // namespace holter::env_linux
