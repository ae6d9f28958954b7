// An agent that probes and captures: what stands in results of the wire is what the wire did, to the nanosecond,
// however the two loops of the agent come to run.
#include <gtest/gtest.h>

#include "capture/capture_task.h"
#include "env/letterbox.h"
#include "probe/runner.h"
#include "sim/world.h"

namespace holter::sim {
namespace {

using base::Duration;
using base::IpAddress;
using record::Outcome;
using record::ProbeKind;
using record::ProbeResult;

const IpAddress kAgent = IpAddress::v4({192, 0, 2, 1});
const IpAddress kTarget = IpAddress::v4({192, 0, 2, 2});
constexpr Duration kOneWay = Duration::milliseconds(15);

struct Results final : record::Sink {
  void accept(record::Record record) override {
    if (auto* const result = std::get_if<ProbeResult>(&record)) all.push_back(std::move(*result));
  }
  std::vector<ProbeResult> all;
};

struct Lab {
  explicit Lab(bool raw = true)
      : world(1),
        agent(world.add_host("agent", {.addresses = {kAgent}, .raw_icmp = raw, .ping_sockets = true})),
        target(world.add_host("target", {.addresses = {kTarget}})) {
    world.fabric().set_faults({.delay_min = kOneWay, .delay_max = kOneWay});
  }
  ~Lab() { EXPECT_EQ(world.failure(), ""); }

  void add(ProbeKind kind, const std::string& target_text, record::Options options = {}) {
    record::ProbePlan probe;
    probe.name = std::string(to_string(kind));
    probe.kind = kind;
    probe.target = target_text;
    probe.interval = Duration::seconds(2);
    probe.timeout = Duration::seconds(1);
    probe.options = std::move(options);
    plan.probes.push_back(probe);
  }
  // Its first run may still go on when the second would begin.
  std::vector<ProbeResult> of(const std::string& probe) const {
    std::vector<ProbeResult> out;
    for (const auto& result : results.all) {
      if (result.probe == probe && result.outcome != Outcome::skipped) out.push_back(result);
    }
    return out;
  }
  void run(Duration span);

  World world;
  Host& agent;
  Host& target;
  record::Plan plan;
  bool captures = true;
  Results results;
};

env::Task<void> run_agent(env::Env env, Lab* lab) {
  Results traffic;
  probe::Runner runner(env, lab->results);
  env::Letterbox<record::AwaitedPackets> box(1'000);
  capture::CaptureTask capture(env, {.interface = "eth0"}, traffic, [](const capture::CaptureSnapshot&) {});
  capture.watch_probes({[&box](std::vector<record::AwaitedPackets>& into) { box.take(into); },
                        [&runner](const record::ProbeSightings& seen) { runner.see(seen); }});
  runner.probers().announcer().set_listener([&box](const record::AwaitedPackets& awaited) { box.post(awaited); });
  runner.set_plan(lab->plan);
  env::TaskGroup tasks(env.executor);
  if (lab->captures) tasks.spawn(capture.run());
  co_await runner.run();
}

void Lab::run(Duration span) {
  agent.boot([this](env::Env env) { return run_agent(env, this); });
  world.run_for(span);
}

std::vector<Duration> wire_rtts(const ProbeResult& result) {
  std::vector<Duration> times;
  for (const auto& fact : result.facts) {
    if (fact.name == "wire_rtt") times.push_back(std::get<Duration>(fact.value));
  }
  return times;
}

std::string wire_word(const ProbeResult& result) {
  for (const auto& fact : result.facts) {
    if (fact.name == "wire") return std::get<base::UntrustedText>(fact.value).raw();
  }
  return "";
}

TEST(ProbePackets, TheWiresTimesStandInResultsOfEitherKindOfSocket) {
  for (const bool raw : {true, false}) {
    Lab lab(raw);
    lab.add(ProbeKind::icmp, "192.0.2.2", {{"burst", "3"}});
    lab.add(ProbeKind::udp, "192.0.2.2:9");
    lab.run(Duration::seconds(20));
    ASSERT_GE(lab.of("icmp").size(), 5U);
    for (const auto& result : lab.of("icmp")) {
      EXPECT_EQ(result.outcome, Outcome::ok);
      EXPECT_EQ(wire_word(result), "answered");
      EXPECT_EQ(wire_rtts(result), std::vector(3, kOneWay * 2)) << "raw: " << raw;
    }
    ASSERT_GE(lab.of("udp").size(), 5U);
    for (const auto& result : lab.of("udp")) {
      EXPECT_EQ(result.outcome, Outcome::refused);
      EXPECT_EQ(wire_rtts(result), std::vector{kOneWay * 2}) << "the port is closed, and the target says so";
    }
  }
}

TEST(ProbePackets, ALostAnswerIsNoAnswerAndALostCaptureIsNothing) {
  Lab lab;
  lab.add(ProbeKind::icmp, "192.0.2.2");
  lab.world.fabric().set_faults(lab.target.index(), lab.agent.index(), {.drop = 1});
  lab.run(Duration::seconds(10));
  ASSERT_GE(lab.of("icmp").size(), 3U);
  for (const auto& result : lab.of("icmp")) {
    EXPECT_EQ(result.outcome, Outcome::timeout);
    EXPECT_EQ(wire_word(result), "unanswered");
    EXPECT_TRUE(wire_rtts(result).empty());
  }
  Lab deaf;
  deaf.captures = false;
  deaf.add(ProbeKind::icmp, "192.0.2.2");
  deaf.run(Duration::seconds(10));
  ASSERT_GE(deaf.of("icmp").size(), 3U);
  for (const auto& result : deaf.of("icmp")) {
    EXPECT_EQ(result.outcome, Outcome::ok);
    EXPECT_EQ(wire_word(result), "");
    EXPECT_TRUE(wire_rtts(result).empty());
  }
}

}  // namespace
}  // namespace holter::sim
