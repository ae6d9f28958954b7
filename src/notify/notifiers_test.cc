#include "notify/notifiers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "notify/changes_test.h"
#include "sim/world.h"

namespace holter::notify {
namespace {

using base::Duration;
using enum record::SessionState;

constexpr const char* kProgram = "/bin/tell";

Surroundings surroundings() {
  return {"/data", "hub", [](const std::string&) { return record::Labels(); },
          [](const base::AgentId&) { return std::string("hub"); }};
}

record::NamedRecord named(env::Env env, std::uint64_t sequence, const std::string& session, record::SessionState from,
                          record::SessionState to) {
  Change change = change_of(sequence, session, from, to);
  change.body.at = env.clock.wall_now();
  return {change.id, change.body};
}

// A host whose program is told; what it was told in the order of its runs.
struct Place {
  Place() : world(1), host(world.add_host("hub", {})) {
    host.programs()[kProgram] = [this](const env::ProgramOrder& order) {
      if (failures > 0) {
        --failures;
        return sim::ScriptedRun{3, Duration::milliseconds(10)};
      }
      told.push_back(nlohmann::json::parse(order.input));
      return sim::ScriptedRun{0, takes};
    };
  }
  void crash() {
    world.at(world.now(), [this] { world.crash(host); });
    world.run_for(Duration::milliseconds(1));
  }
  std::vector<std::string> sessions() const {
    std::vector<std::string> names;
    for (const auto& body : told) names.push_back(body["session"].get<std::string>());
    return names;
  }

  std::vector<nlohmann::json> told;
  std::vector<record::NamedRecord> store;  // what a store would hold
  int failures = 0;
  Duration takes = Duration::milliseconds(10);
  sim::World world;
  sim::Host& host;
};

// What an app does at its start, and then one change for each of `sessions`.
env::Task<void> live(env::Env env, Place* place, std::vector<std::string> sessions, bool knows_newest = false) {
  (void)env.files.make_directories("/data");
  Notifiers notifiers(env, surroundings());
  co_await notifiers.load();
  notifiers.set({{.name = "pager", .program = {kProgram}}});
  RecordSet seen;
  for (const auto& record : place->store) seen.insert(record.id);
  if (knows_newest) notifiers.know(place->store.back());
  if (const auto untold = notifiers.untold()) {
    for (const auto& record : place->store) {
      if (untold(record)) notifiers.recall(record);
    }
  }
  co_await notifiers.begin(std::move(seen));
  for (const auto& session : sessions) {
    place->store.push_back(named(env, place->store.size() + 1, session, init, up));
    notifiers.observe(std::span(&place->store.back(), 1));
  }
  co_await env.clock.sleep_for(Duration::hours(100));
}

TEST(Notifiers, TellUntilItIsDelivered) {
  Place place;
  place.failures = 2;
  place.host.boot([&](env::Env env) { return live(env, &place, {"db1"}); });
  place.world.run_for(Duration::minutes(1));
  EXPECT_EQ(place.world.failure(), "");
  ASSERT_EQ(place.told.size(), 1u);
  EXPECT_EQ(place.told[0]["attempt"], 3);
}

TEST(Notifiers, WhatWaitsIsToldAfterACrashAndWhatWasToldIsNot) {
  Place place;
  place.host.boot([&](env::Env env) { return live(env, &place, {"told"}); });
  place.world.run_for(Duration::seconds(2));
  place.crash();
  place.failures = 1'000'000;
  place.host.boot([&](env::Env env) { return live(env, &place, {"waits", "waits too"}); });
  place.world.run_for(Duration::seconds(2));
  place.crash();
  // Stored, and no more than that.
  place.failures = 0;
  place.host.boot([&](env::Env env) { return live(env, &place, {}); });
  place.world.run_for(Duration::minutes(10));
  EXPECT_EQ(place.world.failure(), "");
  EXPECT_EQ(place.sessions(), (std::vector<std::string>{"told", "waits", "waits too"}));
}

TEST(Notifiers, ACrashRightAfterTheFirstStartLosesNothing) {
  Place place;
  place.takes = Duration::hours(1);
  place.host.boot([&](env::Env env) { return live(env, &place, {"db1"}); });
  place.world.run_for(Duration::milliseconds(50));
  place.crash();
  ASSERT_EQ(place.store.size(), 1u);
  place.takes = Duration::milliseconds(10);
  place.told.clear();
  place.host.boot([&](env::Env env) { return live(env, &place, {}); });
  place.world.run_for(Duration::seconds(2));
  EXPECT_EQ(place.sessions(), std::vector<std::string>{"db1"});
}

// What was restored as unknown and is heard again was up all the time, also when its first change was not told yet.
TEST(Notifiers, AChangeThatWaitedSaysNothingOfItsSessionsPresent) {
  Place place;
  place.failures = 1'000'000;
  place.host.boot([&](env::Env env) { return live(env, &place, {"db1"}); });
  place.world.run_for(Duration::seconds(2));
  place.crash();
  place.host.boot([&](env::Env env) {
    place.store.push_back(named(env, 2, "db1", up, init));
    return live(env, &place, {});
  });
  place.world.run_for(Duration::seconds(2));
  place.crash();
  place.failures = 0;
  place.host.boot([&](env::Env env) { return live(env, &place, {"db1"}, true); });
  place.world.run_for(Duration::minutes(1));
  EXPECT_EQ(place.sessions(), std::vector<std::string>{"db1"});
}

TEST(Notifiers, ACrashBetweenDeliveryAndLedgerTellsAgainUnderTheSameId) {
  Place place;
  place.host.boot([&](env::Env env) { return live(env, &place, {}); });
  place.world.run_for(Duration::seconds(2));
  place.crash();
  place.host.boot([&](env::Env env) { return live(env, &place, {"db1"}); });
  place.world.run_for(Duration::milliseconds(100));
  place.crash();
  ASSERT_EQ(place.told.size(), 1u);
  place.host.boot([&](env::Env env) { return live(env, &place, {}); });
  place.world.run_for(Duration::seconds(2));
  ASSERT_EQ(place.told.size(), 2u);
  EXPECT_EQ(place.told[0]["id"], place.told[1]["id"]);
}

TEST(Notifiers, AnUnknownNotifierHearsOfNothingFromBefore) {
  Place place;
  sim::Host& host = place.host;
  host.boot([&](env::Env env) -> env::Task<void> {
    return [](env::Env e, Place* p) -> env::Task<void> {
      p->store.push_back(named(e, 1, "old", init, up));
      co_return;
    }(env, &place);
  });
  place.world.run_for(Duration::seconds(1));
  place.crash();
  host.boot([&](env::Env env) { return live(env, &place, {"new"}); });
  place.world.run_for(Duration::seconds(5));
  EXPECT_EQ(place.sessions(), std::vector<std::string>{"new"});
}

TEST(Notifiers, ABrokenLedgerIsSaidAndBegunAnew) {
  Place place;
  place.host.boot([&](env::Env env) -> env::Task<void> {
    return [](env::Env e) -> env::Task<void> {
      (void)e.files.make_directories("/data");
      EXPECT_TRUE(env::replace_text(e.files, "/data/notify.json", "{"));
      co_return;
    }(env);
  });
  place.world.run_for(Duration::seconds(1));
  place.crash();
  place.host.boot([&](env::Env env) { return live(env, &place, {"new"}); });
  place.world.run_for(Duration::seconds(5));
  EXPECT_NE(place.world.failure(), "");  // an error line: somebody must know
  EXPECT_EQ(place.sessions(), std::vector<std::string>{"new"});
}

}  // namespace
}  // namespace holter::notify
