#include "probe/announcer.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "probe/probe_world_test.h"
#include "probe/runner.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::ProbeKind;

constexpr Duration kDelay = Duration::milliseconds(20);

struct Kept final : record::Sink {
  void accept(record::Record record) override { all.push_back(std::get<record::ProbeResult>(std::move(record))); }
  std::vector<record::ProbeResult> all;
};

struct Agent {
  record::Plan plan;
  bool listens = true;
  bool answers = false;  // says at once that each packet was seen, and its answer
  std::vector<record::AwaitedPackets> announced = {};
  Kept results = {};
};

env::Task<void> run_agent(env::Env env, Agent* agent) {
  Runner runner(env, agent->results);
  if (agent->listens) {
    runner.probers().announcer().set_listener([agent, &runner, env](const record::AwaitedPackets& awaited) {
      agent->announced.push_back(awaited);
      if (!agent->answers || !awaited.timed) return;
      runner.see({"eth0", false, {{awaited.run->number, awaited.place, 0, awaited.from, awaited.from + kDelay}}});
    });
  }
  runner.set_plan(agent->plan);
  co_await runner.run();
}

record::ProbePlan plan_of(ProbeKind kind, const std::string& target, record::Options options = {}) {
  record::ProbePlan plan;
  plan.name = std::string(to_string(kind));
  plan.kind = kind;
  plan.target = target;
  plan.interval = Duration::hours(10);  // once
  plan.timeout = Duration::seconds(3);
  plan.options = std::move(options);
  if (kind == ProbeKind::dns) plan.query = "www.example.org";
  return plan;
}

struct Announcements : testing::Test {
  explicit Announcements(Socket socket = Socket::raw) : lab(socket) {}
  ~Announcements() override { EXPECT_EQ(lab.world.failure(), ""); }
  void run(std::vector<record::ProbePlan> probes) {
    agent.plan.probes = std::move(probes);
    lab.fixed_delay(kDelay);
    lab.agent.boot([this](env::Env env) { return run_agent(env, &agent); });
    lab.world.run_for(Duration::minutes(1));
  }
  void run(const record::ProbePlan& plan) { run(std::vector{plan}); }
  const record::AwaitedPackets& first() { return agent.announced.at(0); }

  Agent agent;
  ProbeWorld lab;
};

TEST_F(Announcements, NothingIsSaidAndNothingWaitsWhereNobodyListens) {
  agent.listens = false;
  run(plan_of(ProbeKind::icmp, "192.0.2.2"));
  EXPECT_TRUE(agent.announced.empty());
  EXPECT_EQ(agent.results.all.size(), 1U);
}

TEST_F(Announcements, EachRequestOfABurstByItsNumbers) {
  run(plan_of(ProbeKind::icmp, "192.0.2.2", {{"burst", "3"}, {"gap", "10ms"}}));
  ASSERT_EQ(agent.announced.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto& each = agent.announced[i];
    EXPECT_EQ(each.run->probe, "icmp");
    EXPECT_EQ(each.run->number, first().run->number);
    EXPECT_EQ(each.ip_protocol, 1);
    EXPECT_EQ(each.remote.address, kTarget4);
    EXPECT_EQ(each.remote.port, i) << "the sequence";
    EXPECT_EQ(each.local_port, first().local_port);
    EXPECT_EQ(each.place, i);
    EXPECT_EQ(each.of, 3U);
    EXPECT_GE(each.until - each.from, Duration::seconds(3));
  }
}

struct UnprivilegedAnnouncements : Announcements {
  UnprivilegedAnnouncements() : Announcements(Socket::ping) {}
};

TEST_F(UnprivilegedAnnouncements, RequestsOfAPingSocketByTheKernelsIdentifier) {
  run({plan_of(ProbeKind::icmp, "192.0.2.2")});
  ASSERT_EQ(agent.announced.size(), 1U);
  ASSERT_EQ(agent.results.all.size(), 1U);
  EXPECT_EQ(agent.results.all[0].outcome, record::Outcome::ok);
  EXPECT_NE(first().local_port, 0);
}

TEST_F(Announcements, DatagramsByTheirPorts) {
  run({plan_of(ProbeKind::udp, "192.0.2.2:9"), plan_of(ProbeKind::dns, "192.0.2.2"),
       plan_of(ProbeKind::ntp, "[2001:db8::2]:123")});
  ASSERT_EQ(agent.announced.size(), 3U);
  std::map<std::string, base::Endpoint> to;
  for (const auto& each : agent.announced) {
    to[each.run->probe] = each.remote;
    EXPECT_EQ(each.ip_protocol, record::kUdpProtocol);
    EXPECT_NE(each.local_port, 0);
  }
  EXPECT_EQ(to["udp"], (base::Endpoint{kTarget4, 9}));
  EXPECT_EQ(to["dns"], (base::Endpoint{kTarget4, 53}));
  EXPECT_EQ(to["ntp"], (base::Endpoint{kTarget6, 123}));
}

TEST_F(Announcements, ConnectionsBeforeTheirFirstPacketLeaves) {
  run({plan_of(ProbeKind::tcp, "192.0.2.2:80"), plan_of(ProbeKind::http, "http://192.0.2.2:8080/x"),
       plan_of(ProbeKind::dns, "192.0.2.2", {{"transport", "tcp"}})});
  ASSERT_EQ(agent.announced.size(), 3U);
  std::map<std::string, base::Endpoint> to;
  for (const auto& each : agent.announced) {
    to[each.run->probe] = each.remote;
    EXPECT_EQ(each.ip_protocol, record::kTcpProtocol);
    EXPECT_EQ(each.local_port == 0, each.run->probe == "http") << "whose client does not say it";
  }
  EXPECT_EQ(to["tcp"], (base::Endpoint{kTarget4, 80}));
  EXPECT_EQ(to["http"], (base::Endpoint{kTarget4, 8'080}));
  EXPECT_EQ(to["dns"], (base::Endpoint{kTarget4, 53}));
}

TEST_F(Announcements, FlowsOfATraceOnceAndOnlyToBeExplained) {
  run(plan_of(ProbeKind::trace, "192.0.2.2", {{"memory", "false"}}));
  ASSERT_FALSE(agent.announced.empty());
  std::set<std::uint16_t> ports;
  for (const auto& each : agent.announced) {
    EXPECT_EQ(each.ip_protocol, record::kUdpProtocol);
    EXPECT_FALSE(each.timed);
    EXPECT_TRUE(ports.insert(each.remote.port).second) << "a flow is announced once";
  }
  EXPECT_EQ(agent.results.all.size(), 1U);
}

TEST_F(Announcements, WhatWasSeenStandsInTheResult) {
  agent.answers = true;
  run({plan_of(ProbeKind::icmp, "192.0.2.2"), plan_of(ProbeKind::udp, "192.0.2.2:9"),
       plan_of(ProbeKind::tcp, "192.0.2.2:80")});
  std::set<std::string> probes;
  for (const auto& result : agent.results.all) {
    probes.insert(result.probe);
    EXPECT_EQ(fact(result, "wire"), "\"answered\"") << result.probe;
    EXPECT_EQ(fact(result, "wire_rtt"), "20 ms") << result.probe;
  }
  EXPECT_EQ(probes, (std::set<std::string>{"icmp", "tcp", "udp"}));
}

TEST_F(Announcements, AResultOfWhichNothingIsSeenComesAllTheSame) {
  run(plan_of(ProbeKind::icmp, "192.0.2.2"));
  ASSERT_FALSE(agent.results.all.empty());
  EXPECT_EQ(agent.results.all.size(), agent.announced.size());
  EXPECT_EQ(fact(agent.results.all[0], "wire"), "none");
}

}  // namespace
}  // namespace holter::probe
