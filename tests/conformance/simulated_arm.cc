#include <gtest/gtest.h>

#include "conformance/arm.h"
#include "sim/world.h"

namespace holter::conformance {
namespace {

env::Task<void> to_the_end(env::Env env, Body body, bool* ended) {
  const std::string directory = "/conformance";
  EXPECT_TRUE(env.files.make_directories(directory));
  co_await body({env, directory});
  *ended = true;
}

}  // namespace

void run_simulated(Body body) {
  sim::World world(1);
  auto& host = world.add_host("here", {.addresses = {base::IpAddress::v4({192, 0, 2, 1})}});
  bool ended = false;
  host.boot([&](env::Env env) { return to_the_end(env, body, &ended); });
  EXPECT_TRUE(world.run_while_not([&] { return ended; }, base::Duration::minutes(1)));
  EXPECT_EQ(world.failure(), "");
}

}  // namespace holter::conformance
