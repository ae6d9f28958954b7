#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/full_state_test.h"
#include "api/routes.h"
#include "sim/world.h"

namespace holter::api {
namespace {

using base::Duration;
using base::Instant;

struct Told {
  Instant at;
  std::string event;
  std::string data;
};

// A reader that takes `slowness` for each event.
struct Reader : http::EventWriter {
  Reader(sim::World& w, Duration s) : world(w), slowness(s) {}
  env::Task<base::Result<void>> send(std::string event, std::string data) override {
    told.push_back({world.now(), std::move(event), std::move(data)});
    if (slowness > Duration::zero()) co_await clock->sleep_for(slowness);
    co_return base::Result<void>();
  }
  std::size_t count(const std::string& event) const {
    return static_cast<std::size_t>(std::ranges::count_if(told, [&](const Told& t) { return t.event == event; }));
  }
  sim::World& world;
  Duration slowness;
  env::Clock* clock = nullptr;
  std::vector<Told> told;
  bool ended = false;
};

struct NoSource : RecordSource {
  env::Task<base::Result<store::Page>> page(store::PageQuery) override { co_return store::Page(); }
  env::Task<store::Fence> fence(std::vector<record::Lane>) override { co_return store::Fence(); }
};

struct Lab {
  static env::Task<void> read(LiveFeed& feed, Reader* reader) {
    co_await feed.serve(*reader);
    reader->ended = true;
  }
  static env::Task<void> run(env::Env env, Lab* lab) {
    LiveState state = full_state();
    LiveFeed feed(env, state);
    lab->feed = &feed;
    env::TaskGroup group(env.executor);
    for (auto& reader : lab->readers) {
      reader->clock = &env.clock;
      group.spawn(read(feed, reader.get()));
    }
    NoSource source;
    RecordFeed records(env, source, [](const base::AgentId&) { return std::nullopt; });
    http::Router router;
    add_routes(router, {env, state, feed, source, records});
    lab->ask = [&router, lab, &group] {
      group.spawn([](http::Router& routes, Lab* asked) -> env::Task<void> {
        http::Request request;
        request.method = "GET";
        request.path = "/api/v1/live";
        asked->response = co_await routes.handle(std::move(request));
      }(router, lab));
    };
    co_await env.clock.sleep_until(Instant::max());
  }
  Reader& reader(Duration slowness = {}) { return *readers.emplace_back(std::make_unique<Reader>(world, slowness)); }
  void start() {
    world.add_host("hub", {}).boot([this](env::Env env) { return run(env, this); });
    world.run_for(Duration::milliseconds(1));
  }
  void apply_after(Duration delay, record::Record body) {
    world.at(world.now() + delay, [this, body] { feed->apply(named(body)); });
  }
  LiveFeed* feed = nullptr;
  std::function<void()> ask;
  std::optional<http::Response> response;
  std::vector<std::unique_ptr<Reader>> readers;
  sim::World world{1};
};

TEST(LiveFeed, BeginsWithEverythingAndTellsHealthEveryTenSeconds) {
  Lab lab;
  Reader& reader = lab.reader();
  lab.start();
  ASSERT_EQ(reader.told.size(), 5U);
  const char* const order[] = {"health", "targets", "sessions", "capture", "conversations"};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(reader.told[i].event, order[i]);
    EXPECT_TRUE(nlohmann::json::accept(reader.told[i].data));
    EXPECT_EQ(reader.told[i].data.find('\n'), std::string::npos);
  }
  lab.world.run_for(Duration::seconds(60));
  EXPECT_EQ(reader.count("health"), 7U);
  EXPECT_EQ(reader.told.size(), 11U);
}

TEST(LiveFeed, AChangeIsToldAtOnceAndOneJustBehindItAMomentLater) {
  Lab lab;
  Reader& reader = lab.reader();
  lab.start();
  const Instant first = lab.world.now() + Duration::seconds(1);
  lab.apply_after(Duration::seconds(1), a_result(kNow, "a"));
  lab.apply_after(Duration::milliseconds(1'010), a_result(kNow, "b"));
  lab.apply_after(Duration::milliseconds(1'020), a_change());
  lab.world.run_for(Duration::milliseconds(1'200));
  ASSERT_EQ(reader.told.size(), 8U);
  EXPECT_EQ(reader.told[5].at, first);
  EXPECT_EQ(nlohmann::json::parse(reader.told[5].data)["probe"], "a");
  EXPECT_EQ(nlohmann::json::parse(reader.told[6].data)["probe"], "b");
  EXPECT_EQ(reader.told[6].at, first + Duration::milliseconds(100));
  EXPECT_EQ(reader.told[7].event, "sessions");
}

TEST(LiveFeed, ConversationsAreToldWithinTwoSecondsAndNotMoreOften) {
  Lab lab;
  Reader& reader = lab.reader();
  lab.start();
  for (int i = 1; i <= 10; ++i) lab.apply_after(Duration::milliseconds(10 * i), a_flow());
  lab.world.run_for(Duration::milliseconds(2'100));
  EXPECT_EQ(reader.count("conversations"), 2U);
  lab.world.run_for(Duration::seconds(5));
  EXPECT_EQ(reader.count("conversations"), 2U);
}

TEST(LiveFeed, ASlowReaderMissesStatesAndNoResultsAndHoldsNobodyUp) {
  Lab lab;
  Reader& quick = lab.reader();
  Reader& slow = lab.reader(Duration::milliseconds(300));
  lab.start();
  for (int i = 1; i <= 40; ++i) {
    lab.apply_after(Duration::seconds(2) + Duration::milliseconds(100 * i), a_result(kNow));
    lab.apply_after(Duration::seconds(2) + Duration::milliseconds(100 * i), a_reading());
  }
  lab.world.run_for(Duration::seconds(8));
  EXPECT_EQ(quick.count("result"), 40U);
  EXPECT_GE(quick.count("capture"), 39U);
  lab.world.run_for(Duration::minutes(1));
  EXPECT_EQ(slow.count("result"), 40U);
  EXPECT_LT(slow.count("capture"), 20U);
  EXPECT_FALSE(slow.ended);
}

TEST(LiveFeed, AReaderTooFarBehindIsLetGo) {
  Lab lab;
  Reader& quick = lab.reader();
  Reader& slow = lab.reader(Duration::seconds(3));
  lab.start();
  lab.world.run_for(Duration::seconds(16));
  lab.apply_after({}, a_result(kNow));
  lab.apply_after(Duration::milliseconds(10), a_change());
  for (int i = 0; i < 2'500; ++i) lab.apply_after(Duration::milliseconds(20 + i), a_result(kNow));
  lab.world.run_for(Duration::seconds(10));
  EXPECT_EQ(lab.feed->readers(), 2U);
  EXPECT_EQ(quick.count("result"), 2'501U);
  lab.world.run_for(Duration::hours(3));
  EXPECT_TRUE(slow.ended);
  EXPECT_FALSE(quick.ended);
  EXPECT_LE(slow.count("result"), 2'001U);
  EXPECT_EQ(lab.feed->readers(), 1U);
}

TEST(LiveFeed, CloseEndsEveryReader) {
  Lab lab;
  for (int i = 0; i < 5; ++i) lab.reader();
  lab.start();
  lab.apply_after({}, a_result(kNow));
  lab.world.at(lab.world.now() + Duration::milliseconds(50), [&] { lab.feed->close(); });
  lab.world.run_for(Duration::milliseconds(200));
  for (const auto& reader : lab.readers) EXPECT_TRUE(reader->ended);
  EXPECT_EQ(lab.feed->readers(), 0U);
}

TEST(LiveFeed, ThereIsALimitOfReaders) {
  Lab lab;
  for (std::size_t i = 0; i < kMaxLiveReaders + 1; ++i) lab.reader();
  lab.start();
  EXPECT_EQ(lab.feed->readers(), kMaxLiveReaders);
  EXPECT_TRUE(lab.readers.back()->ended);
  lab.world.at(lab.world.now(), [&] { lab.ask(); });
  lab.world.run_for(Duration::milliseconds(1));
  ASSERT_TRUE(lab.response);
  EXPECT_EQ(lab.response->status, 503);
}

}  // namespace
}  // namespace holter::api
