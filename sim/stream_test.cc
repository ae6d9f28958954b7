// Streams and connects of the simulated network under faults, cuts, full listeners and dead machines.
#include <gtest/gtest.h>

#include "sim/seeds.h"
#include "sim/world.h"

namespace holter::sim {
namespace {

using base::Duration;
using base::ErrorKind;
using base::Instant;
using base::IpAddress;

const IpAddress kHere = IpAddress::v4({192, 0, 2, 1});
const IpAddress kThere = IpAddress::v4({192, 0, 2, 2});
const base::Endpoint kServer{kThere, 80};

struct Outcome {
  std::optional<base::Result<void>> connected;
  Instant connected_at;
  std::optional<base::Error> ended;
  Instant ended_at;
  std::vector<std::uint8_t> back;
};

env::Task<void> echo_stream(std::unique_ptr<env::ByteStream> stream) {
  std::array<std::uint8_t, 512> part{};
  for (;;) {
    const auto got = co_await stream->read_some(part);
    if (!got) co_return;
    const auto sent = co_await stream->write_all(base::Bytes(part).first(*got));
    if (!sent) co_return;
  }
}

env::Task<void> serve(env::Env env) {
  auto listener = env.network.listen(kServer).value();
  env::TaskGroup group(env.executor);
  for (;;) {
    auto stream = co_await listener->accept();
    if (stream) group.spawn(echo_stream(std::move(*stream)));
  }
}

env::Task<void> read_back(env::ByteStream& stream, std::size_t expected, Outcome* outcome) {
  std::array<std::uint8_t, 700> part{};
  while (outcome->back.size() < expected) {
    const auto got = co_await stream.read_some(part);
    if (!got) {
      outcome->ended = got.error();
      co_return;
    }
    outcome->back.insert(outcome->back.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

// Connects, sends `size` bytes and reads until as many came back or the stream ended.
env::Task<void> call(env::Env env, std::size_t size, Outcome* outcome) {
  auto stream = co_await env.network.connect(kServer);
  outcome->connected = stream ? base::Result<void>() : base::Result<void>(stream.error());
  outcome->connected_at = env.clock.now();
  if (!stream) co_return;
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * i >> 3);
  env::TaskGroup group(env.executor);
  group.spawn(read_back(**stream, size, outcome));
  const auto sent = co_await (*stream)->write_all(bytes);
  if (!sent) outcome->ended = sent.error();
  co_await group.join();
  EXPECT_TRUE(outcome->ended || outcome->back == bytes);
  outcome->ended_at = env.clock.now();
}

struct StreamLab {
  explicit StreamLab(std::uint64_t seed = 1)
      : world(seed), here(world.add_host("here", {.addresses = {kHere}})),
        there(world.add_host("there", {.addresses = {kThere}})) {}
  void start_server() { there.boot(serve); }
  void start_call(std::size_t size = 100'000) {
    here.boot([this, size](env::Env env) { return call(env, size, &outcome); });
  }
  Outcome outcome;
  World world;
  Host& here;
  Host& there;
};

TEST(Streams, CarryEveryByteInOrderThroughLossDisorderAndCuts) {
  EXPECT_TRUE(for_each_seed(30, [](World& seed) {
    StreamLab lab(seed.seed());
    lab.world.fabric().set_faults(
        {.drop = 0.2, .duplicate = 0.2, .reorder = 0.5, .delay_max = Duration::milliseconds(50)});
    lab.start_server();
    lab.start_call();
    for (int i = 1; i <= 5; ++i) {
      lab.world.at(lab.world.now() + Duration::seconds(2 * i), [&] { lab.world.partition(lab.here, lab.there); });
      lab.world.at(lab.world.now() + Duration::seconds(2 * i + 1), [&] { lab.world.heal(lab.here, lab.there); });
    }
    lab.world.run_for(Duration::minutes(10));
    return lab.outcome.back.size() == 100'000 && !lab.outcome.ended && lab.world.failure().empty();
  }));
}

TEST(Streams, AConnectToNobodyIsRefusedAndToABlackHoleTimesOut) {
  StreamLab refused;
  refused.start_call();
  refused.world.run_for(Duration::seconds(1));
  EXPECT_EQ(refused.outcome.connected->error().kind, ErrorKind::refused);

  for (const int kind : {0, 1, 2}) {
    StreamLab lab;
    lab.start_server();
    if (kind == 0) lab.there.stack().drop_port(80);
    if (kind == 1) lab.world.partition_one_way(lab.there, lab.here);
    if (kind == 2) lab.world.power_loss(lab.there);
    const Instant start = lab.world.now();
    lab.start_call();
    lab.world.run_for(Duration::minutes(3));
    ASSERT_TRUE(lab.outcome.connected) << kind;
    EXPECT_EQ(lab.outcome.connected->error().kind, ErrorKind::timeout) << kind;
    EXPECT_NEAR((lab.outcome.connected_at - start).in_seconds(), 127, 1.1) << kind;
  }
}

TEST(Streams, ACrashedPeerIsReadAsTheEndAtOnce) {
  StreamLab lab;
  lab.start_server();
  lab.start_call(10'000'000);
  lab.world.run_for(Duration::milliseconds(100));
  ASSERT_TRUE(lab.outcome.connected && *lab.outcome.connected);
  const Instant crash = lab.world.now();
  lab.world.crash(lab.there);
  lab.world.run_for(Duration::seconds(1));
  ASSERT_TRUE(lab.outcome.ended);
  EXPECT_EQ(lab.outcome.ended->kind, ErrorKind::closed);
  EXPECT_LT(lab.outcome.ended_at - crash, Duration::milliseconds(100));
}

TEST(Streams, AMachineThatLostPowerIsSilentUntilItComesBackOrFifteenMinutesPassed) {
  StreamLab gone;
  gone.start_server();
  gone.start_call(10'000'000);
  gone.world.run_for(Duration::milliseconds(100));
  const Instant lost = gone.world.now();
  gone.world.power_loss(gone.there);
  gone.world.run_for(Duration::minutes(14));
  EXPECT_FALSE(gone.outcome.ended);
  gone.world.run_for(Duration::minutes(2));
  ASSERT_TRUE(gone.outcome.ended);
  EXPECT_NEAR((gone.outcome.ended_at - lost).in_seconds(), 900, 2);

  StreamLab back;
  back.start_server();
  back.start_call(10'000'000);
  back.world.run_for(Duration::milliseconds(100));
  back.world.power_loss(back.there);
  back.world.run_for(Duration::minutes(1));
  EXPECT_FALSE(back.outcome.ended);
  back.there.restart();
  back.world.run_for(Duration::seconds(1));
  ASSERT_TRUE(back.outcome.ended);
  EXPECT_NE(back.outcome.ended->message.find("reset"), std::string::npos) << back.outcome.ended->message;
}

TEST(Streams, AMachineThatSleptGoesOnWhereItStopped) {
  StreamLab lab;
  lab.start_server();
  lab.start_call();
  lab.world.run_for(Duration::milliseconds(20));
  lab.world.suspend(lab.there);
  lab.world.run_for(Duration::minutes(5));
  EXPECT_LT(lab.outcome.back.size(), 100'000U);
  lab.world.resume(lab.there);
  lab.world.run_for(Duration::minutes(1));
  EXPECT_EQ(lab.outcome.back.size(), 100'000U);
  EXPECT_FALSE(lab.outcome.ended);
}

env::Task<void> look_up(env::Env env, std::string name, base::Result<std::vector<IpAddress>>* into) {
  *into = co_await env.network.resolve(std::move(name));
}

TEST(Names, ComeFromTheWorldsTable) {
  base::Result<std::vector<IpAddress>> found = base::Error{};
  base::Result<std::vector<IpAddress>> missing = base::Error{};
  World world(1);
  world.internet().add_name("db.example", {kThere, kHere});
  world.add_host("a", {}).boot([&](env::Env env) { return look_up(env, "db.example", &found); });
  world.add_host("b", {}).boot([&](env::Env env) { return look_up(env, "nowhere.example", &missing); });
  world.run_for(Duration::seconds(1));
  EXPECT_EQ(*found, (std::vector{kThere, kHere}));
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
}

TEST(Clock, StepsAndDriftMoveTheWallAndNeverTheInstant) {
  World world(1);
  Host& host = world.add_host("a", {});
  const auto error = [&] { return host.clock().wall_now() - true_wall_time(world.now()); };
  world.run_for(Duration::hours(1));
  EXPECT_EQ(error(), Duration::zero());
  host.clock().step(Duration::hours(24 * 365));
  EXPECT_EQ(error(), Duration::hours(24 * 365));
  host.clock().step(Duration::zero() - Duration::hours(24 * 365));
  host.clock().set_drift_ppm(100);
  world.run_for(Duration::seconds(1'000));
  EXPECT_EQ(error(), Duration::milliseconds(100));
  host.clock().set_drift_ppm(-100);
  EXPECT_EQ(error(), Duration::milliseconds(100)) << "what was gained stays";
  world.run_for(Duration::seconds(1'000));
  EXPECT_EQ(error(), Duration::zero());
  EXPECT_EQ(world.now() - Timeline::kStart, Duration::seconds(5'600));
}

}  // namespace
}  // namespace holter::sim
