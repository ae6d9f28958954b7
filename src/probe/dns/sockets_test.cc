#include "probe/dns/sockets.h"

#include <gtest/gtest.h>

#include <set>

#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;

// What a program of the agent's does; true when it came to its end.
template <class Program>
bool in_world(Program program) {
  ProbeWorld lab;
  bool ended = false;
  lab.agent.boot([program, &ended](env::Env env) { return program(env, &ended); });
  lab.world.run_for(Duration::minutes(1));
  return ended;
}

std::uint16_t port_of(const DnsSockets::Lent& lent) { return lent.socket->local().port; }

env::Task<void> ask_again(env::Env env, bool* ended) {
  DnsSockets sockets(env);
  auto first = sockets.take({}, kTarget4).value();
  const std::uint16_t port = port_of(first);
  const auto beside = sockets.take({}, kTarget4).value();
  EXPECT_NE(port_of(beside), port) << "two questions at once over one socket";
  sockets.give_back(std::move(first));
  EXPECT_EQ(port_of(sockets.take({}, kTarget4).value()), port);
  EXPECT_NE(port_of(sockets.take({}, kTarget4).value()), port) << "one that was not given back";
  *ended = true;
  co_return;
}

TEST(DnsSockets, AreUsedAgainByOneQuestionAtATime) { EXPECT_TRUE(in_world(ask_again)); }

env::Task<void> ask_often(env::Env env, bool* ended) {
  DnsSockets sockets(env);
  std::set<std::uint16_t> ports;
  for (std::uint32_t i = 0; i < 3 * kMostQuestions; ++i) {
    auto lent = sockets.take({}, kTarget4).value();
    ports.insert(port_of(lent));
    sockets.give_back(std::move(lent));
  }
  EXPECT_EQ(ports.size(), 3U);
  *ended = true;
  co_return;
}

TEST(DnsSockets, ChangeTheirPortAfterSoManyQuestions) { EXPECT_TRUE(in_world(ask_often)); }

env::Task<void> ask_late(env::Env env, bool* ended) {
  DnsSockets sockets(env);
  auto lent = sockets.take({}, kTarget4).value();
  const std::uint16_t port = port_of(lent);
  sockets.give_back(std::move(lent));
  co_await env.clock.sleep_for(kLongestUse);
  EXPECT_NE(port_of(sockets.take({}, kTarget4).value()), port);
  *ended = true;
}

TEST(DnsSockets, ChangeTheirPortWithTime) { EXPECT_TRUE(in_world(ask_late)); }

env::Task<void> ask_otherwise(env::Env env, bool* ended) {
  DnsSockets sockets(env);
  auto plain = sockets.take({}, kTarget4).value();
  const std::uint16_t port = port_of(plain);
  sockets.give_back(std::move(plain));
  Way marked;
  marked.dscp = 46;
  EXPECT_NE(port_of(sockets.take(marked, kTarget4).value()), port);
  EXPECT_FALSE(sockets.take({}, kTarget6).value().socket->local().address.is_v4());
  EXPECT_EQ(port_of(sockets.take({}, kTarget4).value()), port);
  *ended = true;
  co_return;
}

TEST(DnsSockets, GoOutAsTheirFirstQuestionDid) { EXPECT_TRUE(in_world(ask_otherwise)); }

}  // namespace
}  // namespace holter::probe
