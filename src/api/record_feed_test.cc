// Followers against a simulated store: each record once, in whatever order storing, publishing and reading happen.
#include "api/record_feed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "api/full_state_test.h"
#include "base/seed_test.h"
#include "sim/world.h"

namespace holter::api {
namespace {

using base::Duration;
using nlohmann::json;
using record::NamedRecord;

// Stores at once and tells the feed later; reads and fences take their time, as the real one's thread does.
class SlowStore : public RecordSource {
 public:
  SlowStore(env::Env env, std::mt19937_64& random) : env_(env), random_(random) {}

  env::Task<base::Result<store::Page>> page(store::PageQuery query) override {
    co_await pause();
    query.limit = std::min<std::size_t>(query.limit, 1 + random_() % 5);
    std::vector<NamedRecord> all;
    for (const auto& named : stored) {
      const store::Position here = store::position_of(named);
      const bool type = std::ranges::find(query.types, named.body.index()) != query.types.end();
      const bool ahead = !query.after || (query.newest_first ? here < *query.after : *query.after < here);
      if (type && ahead && here.at >= query.from && query.wanted(named)) all.push_back(named);
    }
    std::ranges::sort(all, {}, store::position_of);
    if (query.newest_first) std::ranges::reverse(all);
    store::Page page;
    if (all.size() > query.limit) {
      all.resize(query.limit);
      page.next = store::position_of(all.back());
    }
    page.records = std::move(all);
    co_await pause();
    co_return page;
  }
  env::Task<store::Fence> fence(std::vector<record::Lane> lanes) override {
    co_await pause();
    store::Fence fence;
    for (const auto& named : stored) {
      if (std::ranges::find(lanes, named.id.lane) == lanes.end()) continue;
      auto& ranges = fence.lanes.try_emplace({named.id.agent, named.id.epoch, named.id.lane}, 1'000).first->second;
      ranges.insert(named.id.sequence);
    }
    co_await pause();
    co_return fence;
  }
  env::Task<void> pause() {
    return env_.clock.sleep_for(Duration::milliseconds(static_cast<std::int64_t>(random_() % 20)));
  }

  std::vector<NamedRecord> stored;

 private:
  env::Env env_;
  std::mt19937_64& random_;
};

// Reads events; each write takes `slowness`.
struct Reader : http::BodyWriter {
  explicit Reader(env::Env e, Duration s = {}) : env(e), slowness(s) {}
  env::Task<base::Result<void>> write(std::string piece) override {
    text += piece;
    if (slowness > Duration::zero()) co_await env.clock.sleep_for(slowness);
    co_return base::Result<void>();
  }
  struct Event {
    std::string name;
    json data;
  };
  std::vector<Event> events() const {
    std::vector<Event> events;
    std::istringstream lines(text);
    std::string name;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("event: ")) name = line.substr(7);
      if (line.starts_with("data: ")) events.push_back({name, json::parse(line.substr(6))});
    }
    return events;
  }
  // The probes of the results told, in their order; and how many were skipped.
  std::vector<std::string> told() const {
    std::vector<std::string> told;
    for (const auto& event : events()) {
      if (event.name == "result") told.push_back(event.data["id"]);
    }
    return told;
  }
  std::uint64_t skipped() const {
    std::uint64_t count = 0;
    for (const auto& event : events()) {
      if (event.name == "skipped") count += event.data["count"].get<std::uint64_t>();
    }
    return count;
  }
  env::Env env;
  Duration slowness;
  std::string text;
};

NamedRecord result_number(std::uint64_t n, base::WallTime at) {
  return {{kAgent, 1, record::Lane::results, n}, a_result(at, "p" + std::to_string(n))};
}

struct Seam {
  std::mt19937_64 random;
  std::size_t limit = 0;
  std::uint64_t stored_at_all = 0;
  std::string text = {};
  std::vector<std::string> told = {};
};

env::Task<void> follow(RecordFeed& feed, FollowQuestion question, http::BodyWriter& body) {
  co_await feed.follow(std::move(question), body);
}

// Records with shuffled times are stored, and published some while later, while a follower joins.
env::Task<void> live_through(env::Env env, Seam* seam) {
  auto& random = seam->random;
  SlowStore store(env, random);
  RecordFeed feed(env, store, [](const base::AgentId&) { return std::nullopt; });
  Reader reader(env);
  FollowQuestion question;
  question.topics = {{Subject::results, {}}};
  question.from = base::WallTime();
  question.limit = seam->limit;
  env::TaskGroup group(env.executor);
  std::vector<NamedRecord> unpublished;
  const std::uint64_t joins_at = random() % 60;
  for (std::uint64_t n = 1; n <= 100; ++n) {
    const auto shift = Duration::seconds(static_cast<std::int64_t>(random() % 200));
    store.stored.push_back(result_number(n, kNow - shift));
    unpublished.push_back(store.stored.back());
    if (n == joins_at) group.spawn(follow(feed, question, reader));
    if (random() % 2 == 0) feed.publish(std::exchange(unpublished, {}));
    if (random() % 3 == 0) co_await store.pause();
  }
  feed.publish(unpublished);
  if (joins_at == 0) group.spawn(follow(feed, question, reader));
  co_await env.clock.sleep_for(Duration::seconds(60));
  seam->stored_at_all = store.stored.size();
  seam->told = reader.told();
  seam->text = reader.text;
  feed.close();
  co_await group.join();
}

TEST(RecordFeed, TellsEachRecordOnceAcrossTheSeam) {
  std::mt19937_64 engine = base::seeded_random();
  for (int round = 0; round < 200; ++round) {
    Seam seam{std::mt19937_64(engine())};
    sim::World world(1);
    world.add_host("hub", {}).boot([&](env::Env env) { return live_through(env, &seam); });
    world.run_for(Duration::minutes(5));
    ASSERT_EQ(seam.told.size(), 100U) << "round " << round;
    ASSERT_EQ(std::set<std::string>(seam.told.begin(), seam.told.end()).size(), 100U) << "round " << round;
  }
}

TEST(RecordFeed, TheNewestOfWhatIsStoredComeFirstInTheirOrder) {
  std::mt19937_64 engine = base::seeded_random();
  for (int round = 0; round < 50; ++round) {
    Seam seam{std::mt19937_64(engine()), 10};
    sim::World world(1);
    world.add_host("hub", {}).boot([&](env::Env env) { return live_through(env, &seam); });
    world.run_for(Duration::minutes(5));
    ASSERT_EQ(std::set<std::string>(seam.told.begin(), seam.told.end()).size(), seam.told.size()) << "twice";
    const auto live = seam.text.find("event: live\n");
    ASSERT_NE(live, std::string::npos);
    std::vector<std::string> times;
    std::istringstream lines(seam.text.substr(0, live));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("data: ")) times.push_back(json::parse(line.substr(6))["at"]);
    }
    EXPECT_LE(times.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(times));
  }
}

struct Flood {
  Duration slowness;
  std::uint64_t published = 0;
  std::vector<Reader::Event> events = {};
  std::size_t followers_after = 99;
};

env::Task<void> flood(env::Env env, Flood* flood) {
  std::mt19937_64 random(1);
  SlowStore store(env, random);
  RecordFeed feed(env, store, [](const base::AgentId&) { return std::nullopt; });
  Reader reader(env, flood->slowness);
  env::TaskGroup group(env.executor);
  FollowQuestion question;
  question.topics = {{Subject::results, {}}};
  group.spawn(follow(feed, question, reader));
  co_await env.clock.sleep_for(Duration::seconds(10));
  const std::uint64_t batch = kMaxQueuedRecords / 4;
  for (int n = 0; n < 8; ++n) {
    std::vector<NamedRecord> records;
    for (std::uint64_t i = 0; i < batch; ++i) records.push_back(result_number(++flood->published, kNow));
    feed.publish(records);
    co_await env.clock.sleep_for(Duration::milliseconds(100));
  }
  // Some room again, but what was skipped is not told yet.
  co_await env.clock.sleep_for(Duration::seconds(10));
  feed.publish({result_number(++flood->published, kNow)});
  co_await env.clock.sleep_for(Duration::hours(1));
  feed.publish({result_number(++flood->published, kNow)});
  co_await env.clock.sleep_for(Duration::minutes(1));
  flood->events = reader.events();
  co_await group.stop();
  flood->followers_after = feed.followers();
}

Flood flooded(Duration slowness) {
  Flood made{slowness};
  sim::World world(1);
  world.add_host("hub", {}).boot([&](env::Env env) { return flood(env, &made); });
  world.run_for(Duration::hours(2));
  return made;
}

TEST(RecordFeed, WhatASlowFollowerMissesIsCountedWhereItIsMissing) {
  const Flood made = flooded(Duration::seconds(1));
  std::uint64_t told = 0;
  std::uint64_t expected = 1;
  for (const auto& event : made.events) {
    if (event.name == "skipped") {
      EXPECT_EQ(event.data["topic"], "results");
      expected += event.data["count"].get<std::uint64_t>();
    } else if (event.name == "result") {
      ASSERT_EQ(event.data["probe"], "p" + std::to_string(expected++));
      ++told;
    }
  }
  EXPECT_EQ(expected, made.published + 1) << "told and skipped are all";
  EXPECT_LT(told, made.published);
  EXPECT_GE(told, kMaxQueuedRecords);
  EXPECT_EQ(made.followers_after, 0U);
}

TEST(RecordFeed, AQuickFollowerMissesNothing) {
  const Flood made = flooded({});
  const auto told = std::ranges::count_if(made.events, [](const auto& event) { return event.name == "result"; });
  EXPECT_EQ(static_cast<std::uint64_t>(told), made.published);
}

struct Topics {
  std::string results_and_packets;
  std::string one_agent;
  std::string filtered;
  std::string other;
};

env::Task<void> three_followers(env::Env env, Topics* told) {
  std::mt19937_64 random(1);
  SlowStore store(env, random);
  RecordFeed feed(env, store, [](const base::AgentId&) { return std::optional<std::string>("fritz"); });
  Reader several(env);
  Reader of_one(env);
  Reader some(env);
  env::TaskGroup group(env.executor);
  FollowQuestion question;
  question.topics = {{Subject::results, {}}, {Subject::packets, {}}};
  group.spawn(follow(feed, question, several));
  question.agent = base::AgentId{{9}};
  group.spawn(follow(feed, question, of_one));
  FollowQuestion filtered;
  filtered.topics = {{Subject::sessions, [](const NamedRecord& named) {
                        return std::holds_alternative<record::PulseMessage>(named.body);
                      }}};
  group.spawn(follow(feed, filtered, some));
  co_await env.clock.sleep_for(Duration::seconds(1));
  std::vector<NamedRecord> records;
  for (const record::Record& body : std::initializer_list<record::Record>{
           a_result(kNow), a_packet(), a_change(), a_message(), a_flow(), a_reading(), record::Gap()}) {
    records.push_back(named(body));
    records.back().id.sequence = records.size();
  }
  feed.publish(records);
  feed.missed(Subject::packets, 5);
  feed.missed(Subject::conversations, 7);
  co_await env.clock.sleep_for(Duration::seconds(1));
  told->results_and_packets = several.text;
  told->one_agent = of_one.text;
  told->filtered = some.text;
  feed.close();
  co_await group.join();
}

TEST(RecordFeed, FollowersGetTheirTopicsAgentAndFilter) {
  Topics told;
  sim::World world(1);
  world.add_host("hub", {}).boot([&](env::Env env) { return three_followers(env, &told); });
  world.run_for(Duration::minutes(1));
  const auto names = [](const std::string& text) {
    std::vector<std::string> names;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("event: ")) names.push_back(line.substr(7));
    }
    return names;
  };
  EXPECT_EQ(names(told.results_and_packets), (std::vector<std::string>{"live", "result", "packet", "skipped"}));
  EXPECT_NE(told.results_and_packets.find(R"("agent_name":"fritz")"), std::string::npos);
  EXPECT_NE(told.results_and_packets.find(R"({"topic":"packets","count":5})"), std::string::npos);
  EXPECT_EQ(names(told.one_agent), (std::vector<std::string>{"live", "skipped"}));
  EXPECT_EQ(names(told.filtered), (std::vector<std::string>{"live", "message"}));
}

struct FailingSource : RecordSource {
  env::Task<base::Result<store::Page>> page(store::PageQuery) override {
    co_return base::Error{base::ErrorKind::corrupt, "the disk is broken"};
  }
  env::Task<store::Fence> fence(std::vector<record::Lane>) override { co_return store::Fence(); }
};

env::Task<void> follow_a_failing_store(env::Env env, std::string* text) {
  FailingSource source;
  RecordFeed feed(env, source, [](const base::AgentId&) { return std::nullopt; });
  Reader reader(env);
  FollowQuestion question;
  question.topics = {{Subject::results, {}}};
  question.from = base::WallTime();
  co_await feed.follow(question, reader);
  *text = reader.text;
}

TEST(RecordFeed, AStoreThatCannotBeReadIsTold) {
  std::string text;
  sim::World world(1);
  world.add_host("hub", {}).boot([&](env::Env env) { return follow_a_failing_store(env, &text); });
  world.run_for(Duration::minutes(1));
  EXPECT_EQ(text, "event: error\ndata: {\"message\":\"the disk is broken\"}\n\n");
}

}  // namespace
}  // namespace holter::api
