// Whole traces in a simulated world: routers that spend the TTL, branches that the flow chooses among, loss, ends of
// every sort, and paths that change while somebody looks.
#include "probe/trace/prober.h"

#include <gtest/gtest.h>

#include <set>

#include "probe/probe_world_test.h"
#include "probe/runner.h"
#include "sim/seeds.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::IpAddress;
using record::Outcome;
using record::PathEnd;
using Routers = std::set<std::string>;

IpAddress router(std::string_view text) { return IpAddress::parse(text).value(); }

using Hops = std::vector<sim::Internet::Hop>;

Hops diamond4() {
  return {{router("10.0.1.2")},
          {router("10.0.11.2"), router("10.0.12.2")},
          {router("10.0.21.2"), router("10.0.22.2")},
          {router("10.0.3.2")}};
}

Hops diamond6() { return {{router("fd00:1::2")}, {router("fd00:11::2"), router("fd00:12::2")}, {router("fd00:3::2")}}; }

record::ProbePlan trace_plan(const std::string& target, record::Options options = {}) {
  record::ProbePlan plan{.name = "trace", .kind = record::ProbeKind::trace, .target = target};
  plan.timeout = Duration::seconds(60);
  plan.options = std::move(options);
  return plan;
}

Routers routers_at(const record::Path& path, std::size_t hop) {
  Routers found;
  for (const auto& branch : path.hops.at(hop).branches) found.insert(to_string(branch.address));
  return found;
}

// Whether no router stands where it is not, and the path has its length.
bool is_of(const record::Path& path, const Hops& hops, const IpAddress& target) {
  if (path.hops.size() != hops.size() + 1 || routers_at(path, hops.size()) != Routers{to_string(target)}) return false;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    for (const auto& branch : path.hops[i].branches) {
      if (std::ranges::find(hops[i], branch.address) == hops[i].end()) return false;
    }
  }
  return true;
}

env::Task<void> trace_once(env::Env env, record::ProbePlan plan, record::ProbeResult* result) {
  Announcer announcer(env.clock);
  TraceEngine engine(env, announcer);
  *result = co_await engine.probe(plan);
  co_await engine.stop();
}

env::Task<void> listen_on(env::Env env, std::uint16_t port) {
  auto listener = env.network.listen({IpAddress::any(IpAddress::Family::v4), port}).value();
  co_await env.clock.sleep_for(Duration::hours(1));
}

struct TraceWorld : ProbeWorld {
  explicit TraceWorld(std::uint64_t seed = 1, Socket socket = Socket::raw) : ProbeWorld(socket, seed) {}

  void pass(const Hops& hops) { world.internet().set_routers(agent.index(), target.index(), hops); }
  record::ProbeResult trace(const record::ProbePlan& plan) {
    record::ProbeResult result;
    agent.boot([&](env::Env env) { return trace_once(env, plan, &result); });
    world.run_for(Duration::minutes(2));
    return result;
  }
};

TEST(TraceEngine, FindsEveryBranchOverEachProtocolAndFamily) {
  for (const char* protocol : {"udp", "icmp", "tcp"}) {
    for (const bool v4 : {true, false}) {
      TraceWorld lab;
      const Hops hops = v4 ? diamond4() : diamond6();
      const IpAddress target = v4 ? kTarget4 : kTarget6;
      lab.pass(hops);
      const auto result = lab.trace(trace_plan(to_string(target), {{"protocol", protocol}}));
      EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
      EXPECT_TRUE(is_of(result.path, hops, target)) << protocol;
      EXPECT_EQ(routers_at(result.path, 1).size(), 2U) << protocol;
      EXPECT_TRUE(result.kernel_stamped);
      EXPECT_EQ(lab.world.failure(), "");
    }
  }
}

TEST(TraceEngine, OneFlowIsOnePath) {
  for (const char* protocol : {"udp", "icmp", "tcp"}) {
    TraceWorld lab;
    lab.pass(diamond4());
    const auto result = lab.trace(trace_plan("192.0.2.2", {{"protocol", protocol}, {"one_flow", "true"}}));
    EXPECT_TRUE(is_of(result.path, diamond4(), kTarget4));
    for (const auto& hop : result.path.hops) EXPECT_EQ(hop.branches.size(), 1U) << protocol;
  }
}

TEST(TraceEngine, LossAndAHopThatSaysNothingMakeNoOtherPath) {
  EXPECT_TRUE(sim::for_each_seed(20, [](sim::World& seeded) {
    TraceWorld lab(seeded.seed());
    Hops hops = diamond4();
    hops[3].clear();
    lab.pass(hops);
    lab.world.fabric().set_faults({.drop = 0.01});
    const auto result = lab.trace(trace_plan("192.0.2.2"));
    return result.outcome == Outcome::ok && is_of(result.path, hops, kTarget4) && result.path.hops[3].branches.empty();
  }));
}

TEST(TraceEngine, ATargetThatSaysNothingIsTheEndOfWhatIsKnown) {
  TraceWorld lab;
  lab.pass(diamond4());
  lab.world.power_loss(lab.target);
  const auto result = lab.trace(trace_plan("192.0.2.2"));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.path.end, PathEnd::silent);
  EXPECT_EQ(result.path.hops.size(), 4U);
}

record::ProbeResult trace_by_tcp(TraceWorld& lab) {
  lab.pass(diamond4());
  lab.target.boot([](env::Env env) { return listen_on(env, 443); });
  return lab.trace(trace_plan("192.0.2.2", {{"protocol", "tcp"}, {"port", "443"}, {"one_flow", "true"}}));
}

std::string port_state(const record::ProbeResult& result) {
  for (const auto& fact : result.facts) {
    if (fact.name == "port_state") return std::get<base::UntrustedText>(fact.value).raw();
  }
  return "";
}

TEST(TraceEngine, SaysWhatTheTargetsTcpPortIs) {
  TraceWorld open;
  const auto reached = trace_by_tcp(open);
  EXPECT_EQ(reached.outcome, Outcome::ok);
  EXPECT_EQ(port_state(reached), "open");
  EXPECT_EQ(reached.detail.raw(), "5 hops; port 443 is open");

  TraceWorld closed;
  closed.pass(diamond4());
  const auto reset = closed.trace(trace_plan("192.0.2.2", {{"protocol", "tcp"}, {"one_flow", "true"}}));
  EXPECT_EQ(reset.outcome, Outcome::ok);
  EXPECT_EQ(port_state(reset), "closed");

  TraceWorld dropped;
  dropped.target.stack().drop_port(443);
  const auto silent = trace_by_tcp(dropped);
  EXPECT_EQ(silent.outcome, Outcome::timeout);
  EXPECT_EQ(silent.path.end, PathEnd::silent);
  EXPECT_EQ(silent.path.hops.size(), 4U);
  EXPECT_EQ(port_state(silent), "");
}

TEST(TraceEngine, ATraceOverTcpSaysThatItTakesTheBroker) {
  TraceWorld lab(1, Socket::ping);
  const auto result = lab.trace(trace_plan("192.0.2.2", {{"protocol", "tcp"}}));
  EXPECT_EQ(result.outcome, Outcome::not_permitted);
  EXPECT_EQ(result.detail.raw(),
            "no raw TCP socket without the broker, and the start of holter says why there is none; a trace over udp or "
            "icmp takes no such socket");
}

// A plan that a runner carries out.
struct Watched : TraceWorld, record::Sink {
  using TraceWorld::TraceWorld;

  void accept(record::Record record) override { results.push_back(std::get<record::ProbeResult>(std::move(record))); }
  void start(Duration interval, record::Options options = {}) {
    plan = trace_plan("192.0.2.2", std::move(options));
    plan.interval = interval;
    agent.boot([this](env::Env env) { return run(env, this); });
  }
  static env::Task<void> run(env::Env env, Watched* self) {
    Runner runner(env, *self);
    self->runner = &runner;
    runner.set_plan({.version = 1, .probes = {self->plan}});
    env::TaskGroup tasks(env.executor);
    tasks.spawn(runner.run());
    while (!self->over) co_await env.clock.sleep_for(Duration::milliseconds(100));
    co_await runner.stop();
    co_await tasks.join();
    self->ended = true;
  }
  std::vector<record::ProbeResult> changes() const {
    std::vector<record::ProbeResult> out;
    for (const auto& result : results) {
      if (result.path_before.end != PathEnd::untraced) out.push_back(result);
    }
    return out;
  }

  record::ProbePlan plan;
  std::vector<record::ProbeResult> results;
  Runner* runner = nullptr;
  bool over = false;
  bool ended = false;
};

Hops without_a_branch() {
  Hops hops = diamond4();
  hops[1].pop_back();
  return hops;
}

TEST(TraceEngine, APathThatChangesIsAResultAtOnceWithBothPaths) {
  for (const char* protocol : {"udp", "icmp", "tcp"}) {
    Watched lab;
    lab.pass(diamond4());
    lab.start(Duration::hours(1), {{"protocol", protocol}});
    lab.world.run_for(Duration::minutes(90));
    ASSERT_EQ(lab.results.size(), 2U) << "one at the start, one in the hour: " << protocol;
    const auto moved = lab.world.now();
    lab.pass(without_a_branch());
    lab.world.run_for(Duration::minutes(2));
    const auto changes = lab.changes();
    ASSERT_EQ(changes.size(), 1U) << protocol;
    EXPECT_EQ(routers_at(changes[0].path_before, 1), (Routers{"10.0.11.2", "10.0.12.2"}));
    EXPECT_EQ(routers_at(changes[0].path, 1), Routers{"10.0.11.2"});
    EXPECT_EQ(changes[0].outcome, Outcome::ok);
    EXPECT_EQ(changes[0].address, "192.0.2.2");
    EXPECT_LT(changes[0].started_instant - moved, Duration::minutes(1));
    lab.world.run_for(Duration::minutes(30));
    EXPECT_EQ(lab.changes().size(), 1U) << "told once";
    EXPECT_EQ(lab.world.failure(), "");
  }
}

TEST(TraceEngine, ATargetThatFallsSilentAndComesBackAreTwoChanges) {
  Watched lab;
  lab.pass(diamond4());
  lab.start(Duration::hours(1));
  lab.world.run_for(Duration::minutes(5) + Duration::hours(1));
  lab.world.suspend(lab.target);
  lab.world.run_for(Duration::minutes(2));
  ASSERT_EQ(lab.changes().size(), 1U);
  EXPECT_EQ(lab.changes()[0].path.end, PathEnd::silent);
  lab.world.resume(lab.target);
  lab.world.run_for(Duration::minutes(2));
  ASSERT_EQ(lab.changes().size(), 2U);
  EXPECT_EQ(lab.changes()[1].path.end, PathEnd::reached);
  EXPECT_EQ(lab.changes()[1].path_before.end, PathEnd::silent);
}

TEST(TraceEngine, ASteadyPathIsLookedAtWithAPacketASecondAndNeverChanges) {
  EXPECT_TRUE(sim::for_each_seed(5, [](sim::World& seeded) {
    Watched lab(seeded.seed());
    lab.pass(diamond4());
    lab.world.fabric().set_faults({.drop = 0.01});
    lab.start(Duration::minutes(1));
    lab.world.run_for(Duration::minutes(2));
    const auto before = lab.agent.stack().sent_frames();
    lab.world.run_for(Duration::hours(6));
    const auto packets = lab.agent.stack().sent_frames() - before;
    EXPECT_GT(packets, 6U * 3'500);
    EXPECT_LT(packets, 6U * 3'800) << "the looks, a question a run, and a few traces in doubt";
    return lab.changes().empty() && lab.results.size() > 350 && lab.world.failure().empty();
  }));
}

TEST(TraceEngine, NobodyLooksAtWhatHasLeftThePlan) {
  Watched lab;
  lab.pass(diamond4());
  lab.start(Duration::hours(1));
  lab.world.run_for(Duration::minutes(70));
  lab.world.at(lab.world.now(), [&] { lab.runner->set_plan({}); });
  lab.world.run_for(Duration::seconds(1));
  const auto before = lab.agent.stack().sent_frames();
  lab.pass(without_a_branch());
  lab.world.run_for(Duration::hours(1));
  EXPECT_EQ(lab.agent.stack().sent_frames(), before);
  EXPECT_TRUE(lab.changes().empty());
}

TEST(TraceEngine, AReloadWithAnotherIntervalKeepsWhatIsKnown) {
  Watched lab;
  lab.pass(diamond4());
  lab.start(Duration::hours(1));
  lab.world.run_for(Duration::minutes(70));
  lab.plan.interval = Duration::minutes(30);
  lab.world.at(lab.world.now(), [&] { lab.runner->set_plan({.version = 2, .probes = {lab.plan}}); });
  lab.pass(without_a_branch());
  lab.world.run_for(Duration::minutes(2));
  EXPECT_EQ(lab.changes().size(), 1U);
  const auto before = lab.agent.stack().sent_frames();
  lab.world.run_for(Duration::minutes(10));
  EXPECT_LT(lab.agent.stack().sent_frames() - before, 650U) << "two look at once";
}

env::Task<void> trace_in_turn(env::Env env, std::vector<record::ProbePlan> plans,
                              std::vector<record::ProbeResult>* out) {
  Announcer announcer(env.clock);
  TraceEngine engine(env, announcer);
  for (const auto& plan : plans) {
    auto probing = engine.probe(plan);
    out->push_back(co_await std::move(probing));
    co_await env.clock.sleep_for(Duration::minutes(1));
  }
  co_await engine.stop();
}

TEST(TraceEngine, WhereNobodyLooksBetweenTheRunsEachRunTracesWhole) {
  TraceWorld lab;
  lab.pass(diamond4());
  std::vector<record::ProbeResult> results;
  const auto plan = trace_plan("192.0.2.2", {{"memory", "true"}});
  lab.agent.boot([&](env::Env env) { return trace_in_turn(env, {plan, plan}, &results); });
  lab.world.run_for(Duration::seconds(30));
  lab.pass(without_a_branch());
  lab.world.run_for(Duration::minutes(3));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(routers_at(results[1].path, 1), Routers{"10.0.11.2"});
  EXPECT_EQ(results[1].path_before.end, PathEnd::reached);
}

TEST(TraceEngine, WhatAnotherProtocolFindsIsNoChange) {
  TraceWorld lab;
  lab.pass(diamond4());
  std::vector<record::ProbeResult> results;
  const auto all = trace_plan("192.0.2.2", {{"memory", "true"}});
  const auto one = trace_plan("192.0.2.2", {{"memory", "true"}, {"one_flow", "true"}});
  lab.agent.boot([&](env::Env env) { return trace_in_turn(env, {all, one}, &results); });
  lab.world.run_for(Duration::minutes(3));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].path_before.end, PathEnd::untraced);
}

TEST(TraceEngine, StopsWhileItLooksAndWhileItTraces) {
  for (int i = 0; i < 15; ++i) {
    Watched lab;
    lab.pass(diamond4());
    lab.start(Duration::hours(1));
    lab.world.run_for(Duration::minutes(70));
    lab.pass(without_a_branch());
    lab.world.run_for(Duration::milliseconds(4'100) * i);
    lab.over = true;
    lab.world.run_for(Duration::milliseconds(200));
    EXPECT_TRUE(lab.ended);
    const auto before = lab.agent.stack().sent_frames();
    lab.world.run_for(Duration::minutes(5));
    EXPECT_EQ(lab.agent.stack().sent_frames(), before);
  }
}

TEST(TraceEngine, ACrashWhileItLooksLeavesNothingBehind) {
  Watched lab;
  lab.pass(diamond4());
  lab.start(Duration::minutes(5));
  for (int i = 0; i < 10; ++i) {
    lab.world.run_for(Duration::minutes(3) + Duration::milliseconds(123));
    lab.world.crash(lab.agent);
    lab.agent.restart();
  }
  lab.world.run_for(Duration::minutes(6));
  EXPECT_GE(lab.results.size(), 2U);
  EXPECT_TRUE(lab.changes().empty());
}

}  // namespace
}  // namespace holter::probe
