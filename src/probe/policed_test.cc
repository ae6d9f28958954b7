#include "probe/policed.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"
#include "probe/probers.h"

namespace holter::probe {
namespace {

base::IpPrefix prefix(std::string_view text) { return base::IpPrefix::parse(text).value(); }

TEST(Policy, DeniesTheMetadataOfCloudsByItself) {
  const Policy policy;
  for (const auto* text : {"169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200"}) {
    const auto checked = policy.check(base::IpAddress::parse(text).value());
    ASSERT_FALSE(checked) << text;
    EXPECT_EQ(checked.error().kind, base::ErrorKind::permission);
  }
  EXPECT_TRUE(policy.check(kTarget4));
  EXPECT_TRUE(policy.check(base::IpAddress::parse("169.254.1.1").value()));
}

env::Task<void> probe_all(env::Env env, Policy policy, std::vector<record::ProbePlan> plans,
                          std::vector<record::ProbeResult>* results) {
  PolicedWorld policed(env, policy);
  Probers probers(policed.env());
  for (const auto& plan : plans) {
    auto probing = probers.probe(plan, kAnything);
    results->push_back(co_await std::move(probing));
  }
  co_await probers.stop();
}

std::vector<record::ProbeResult> ask_target(const Policy& policy) {
  ProbeWorld world;
  world.world.internet().add_name("bad.example", {kTarget4});
  std::vector<record::ProbePlan> plans;
  for (const auto& [kind, target] :
       {std::pair(record::ProbeKind::icmp, "192.0.2.2"), std::pair(record::ProbeKind::icmp, "bad.example"),
        std::pair(record::ProbeKind::dns, "192.0.2.2"), std::pair(record::ProbeKind::tcp, "192.0.2.2:80"),
        std::pair(record::ProbeKind::http, "192.0.2.2"), std::pair(record::ProbeKind::https, "bad.example"),
        std::pair(record::ProbeKind::trace, "bad.example")}) {
    plans.push_back({.name = target, .kind = kind, .target = target});
  }
  plans.push_back(plans.back());
  plans.back().options = {{"protocol", "tcp"}};
  std::vector<record::ProbeResult> results;
  world.agent.boot([&](env::Env env) { return probe_all(env, policy, plans, &results); });
  world.world.run_for(base::Duration::seconds(30));
  EXPECT_EQ(results.size(), plans.size());
  return results;
}

TEST(Policed, NothingLeavesForAnAddressThatIsDenied) {
  for (const auto& result : ask_target({{prefix("192.0.2.0/30")}})) {
    EXPECT_EQ(result.outcome, record::Outcome::not_permitted) << result.probe;
    EXPECT_EQ(result.detail.raw(), "this host's policy denies probes to 192.0.2.0/30 ([policy] deny): 192.0.2.2");
  }
}

env::Task<void> send_batch(env::Env env, Policy policy, std::vector<bool>* sent) {
  Policed network(env.network, policy);
  const auto socket = network.open_datagram({}).value();
  const std::vector<std::uint8_t> payload = {1};
  const std::vector<env::Outgoing> batch = {
      {{kTarget4, 9}, payload}, {{kAgent4, 9}, payload}, {{kTarget4, 9}, payload}};
  std::vector<base::Result<std::uint32_t>> results;
  socket->send_all(batch, results);
  for (const auto& result : results) sent->push_back(result.has_value());
  co_return;
}

TEST(Policed, ABatchIsHeldToItOneByOne) {
  ProbeWorld world;
  std::vector<bool> sent;
  world.agent.boot([&](env::Env env) { return send_batch(env, {{prefix("192.0.2.1/32")}}, &sent); });
  world.world.run_for(base::Duration::seconds(1));
  EXPECT_EQ(sent, (std::vector{true, false, true}));
}

record::ProbeResult ask_by_socket(std::optional<bool> local) {
  ProbeWorld world;
  Policy policy;
  policy.local = local;
  record::ProbePlan plan{.name = "local", .kind = record::ProbeKind::http, .target = "http://a.example/"};
  plan.options = {{"unix_socket", "/run/private.sock"}};
  std::vector<record::ProbeResult> results;
  world.agent.boot([&](env::Env env) { return probe_all(env, policy, {plan}, &results); });
  world.world.run_for(base::Duration::seconds(30));
  return results.at(0);
}

TEST(Policed, APlanOfAHubNamesNoSocketsOfThisHost) {
  const auto refused = ask_by_socket(false);
  EXPECT_EQ(refused.outcome, record::Outcome::not_permitted);
  EXPECT_EQ(refused.detail.raw(), "this host's policy lets no plan name its sockets and files ([policy] local)");
  EXPECT_NE(ask_by_socket(std::nullopt).outcome, record::Outcome::not_permitted);
}

TEST(Policed, WhatIsNotDeniedIsAsked) {
  for (const auto& result : ask_target({{prefix("198.51.100.0/24")}})) {
    EXPECT_NE(result.outcome, record::Outcome::not_permitted) << result.probe;
  }
}

}  // namespace
}  // namespace holter::probe
