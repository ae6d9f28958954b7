// What LiveState knows beside the records: the plan, the agents by name, and who talks now.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/full_state_test.h"

namespace holter::api {
namespace {

using base::Duration;
using nlohmann::json;

About about(const std::string& role) {
  About about;
  about.role = role;
  about.name = "fritz";
  about.agent = kAgent;
  return about;
}

record::Plan plan_of(std::vector<std::string> names) {
  record::Plan plan;
  for (auto& name : names)
    plan.probes.push_back({.name = name, .target = "192.0.2.9", .interval = Duration::seconds(5)});
  return plan;
}

TEST(LivePlan, WhatIsPlannedIsListedBeforeItAnswers) {
  LiveState state(about("run"));
  state.set_plan(plan_of({"gateway", "web"}));
  state.apply(named(a_result(kNow)));
  const auto targets = json::parse(state.targets_json(kNow))["targets"];
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets[0]["probe"], "gateway");
  EXPECT_EQ(targets[0]["interval_seconds"], 5);
  EXPECT_EQ(targets[1]["probe"], "web");
  EXPECT_EQ(targets[1]["target"], "192.0.2.9");
  EXPECT_EQ(targets[1]["agent_name"], "fritz");
  EXPECT_TRUE(targets[1]["last"]["outcome"].is_null());
  EXPECT_TRUE(targets[1]["window"]["loss_ratio"].is_null());
}

TEST(LivePlan, WhatIsNoLongerPlannedIsForgotten) {
  LiveState state(about("run"));
  state.apply(named(a_result(kNow)));
  EXPECT_TRUE(json::parse(state.targets_json(kNow))["targets"][0]["interval_seconds"].is_null());
  EXPECT_NE(state.metrics_text().find("gateway"), std::string::npos);
  state.set_plan(plan_of({"web"}));
  const auto targets = json::parse(state.targets_json(kNow))["targets"];
  ASSERT_EQ(targets.size(), 1U);
  EXPECT_EQ(targets[0]["probe"], "web");
  EXPECT_EQ(state.metrics_text().find("gateway"), std::string::npos);
}

TEST(LivePlan, OnAHubEachAgentIsToMeasureThePlan) {
  LiveState state(about("hub"));
  state.set_plan(plan_of({"gateway"}));
  EXPECT_EQ(json::parse(state.targets_json(kNow))["targets"].size(), 0U);
  state.set_agent(base::AgentId{{7}}, {"west", true, kNow, 0});
  state.set_agent(base::AgentId{{8}}, {"east", true, kNow, 0});
  EXPECT_EQ(json::parse(state.targets_json(kNow))["targets"].size(), 2U);
}

TEST(LivePlan, AgentsAreFoundByNameAndId) {
  LiveState state(about("hub"));
  const base::AgentId west{{7}};
  state.set_agent(west, {"west", true, kNow, 0});
  EXPECT_EQ(state.find_agent("west").value(), west);
  EXPECT_EQ(state.find_agent("fritz").value(), kAgent);
  EXPECT_EQ(state.find_agent(to_string(base::AgentId{{9}})).value(), base::AgentId{{9}});
  EXPECT_NE(state.find_agent("wset").error().message.find("did you mean 'west'?"), std::string::npos);
  state.set_agent(base::AgentId{{8}}, {"west", true, kNow, 0});
  EXPECT_NE(state.find_agent("west").error().message.find(to_string(west)), std::string::npos);
}

TEST(LivePlan, ConversationsAreShownBeforeARecordTellsOfThem) {
  LiveState state(about("run"));
  state.show_conversations(kAgent, {a_flow()});
  EXPECT_EQ(json::parse(state.conversations_json(10))["held"], 1);
  EXPECT_EQ(state.conversations().going_on({}, {}).size(), 1U);
  record::FlowRecord ended = a_flow();
  ended.end_reason = record::EndReason::fin;
  state.apply(named(ended));
  EXPECT_EQ(json::parse(state.conversations_json(10))["held"], 1);
  EXPECT_TRUE(state.conversations().going_on({}, {}).empty());
}

}  // namespace
}  // namespace holter::api
