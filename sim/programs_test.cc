#include "sim/programs.h"

#include <gtest/gtest.h>

#include "sim/world.h"

namespace holter::sim {
namespace {

using base::Duration;

env::Task<void> run_three(env::Env env, std::vector<base::Result<env::ProgramEnd>>* into) {
  env::ProgramOrder quick{.arguments = {"/bin/say", "x"}, .input = "given", .keep_output = 4};
  into->push_back(co_await env.programs.run(std::move(quick)));
  env::ProgramOrder slow{.arguments = {"/bin/say"}, .deadline = env.clock.now() + Duration::milliseconds(10)};
  into->push_back(co_await env.programs.run(std::move(slow)));
  env::ProgramOrder missing{.arguments = {"/bin/none"}};
  into->push_back(co_await env.programs.run(std::move(missing)));
}

TEST(ScriptedPrograms, RunWhatIsOnTheShelf) {
  std::vector<base::Result<env::ProgramEnd>> ends;
  World world(1);
  auto& host = world.add_host("host", {});
  host.programs()["/bin/say"] = [](const env::ProgramOrder& order) {
    return ScriptedRun{3, Duration::seconds(1), "said " + order.input};
  };
  host.boot([&ends](env::Env env) { return run_three(env, &ends); });
  world.run_for(Duration::seconds(5));
  EXPECT_EQ(world.failure(), "");
  ASSERT_EQ(ends.size(), 3u);
  EXPECT_EQ(ends[0]->exit_status, 3);
  EXPECT_EQ(ends[0]->output.raw(), "iven");
  EXPECT_EQ(ends[0]->run_time, Duration::seconds(1));
  EXPECT_TRUE(ends[1]->timed_out);
  EXPECT_EQ(ends[1]->run_time, Duration::milliseconds(10));
  EXPECT_EQ(ends[2].error().kind, base::ErrorKind::not_found);
}

}  // namespace
}  // namespace holter::sim
