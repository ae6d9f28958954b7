// An agent and a target in a simulated world, and the way to run echo probes there: what the tests of the shells share.
// One thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "probe/expectation.h"
#include "probe/icmp/prober.h"
#include "sim/world.h"

namespace holter::probe {

// Of a plan that expects nothing.
inline const Expectations kAnything;

inline const base::IpAddress kAgent4 = base::IpAddress::v4({192, 0, 2, 1});
inline const base::IpAddress kTarget4 = base::IpAddress::v4({192, 0, 2, 2});
inline const base::IpAddress kAgent6 = base::IpAddress::parse("2001:db8::1").value();
inline const base::IpAddress kTarget6 = base::IpAddress::parse("2001:db8::2").value();

// A result and when it was there.
struct Done {
  record::ProbeResult result;
  base::Instant at;
};

inline record::ProbePlan echo_plan(std::string target) {
  record::ProbePlan plan;
  plan.name = "to " + target;
  plan.target = std::move(target);
  return plan;
}

inline env::Task<void> echo_one(env::Env env, EchoEngine& engine, record::ProbePlan plan, std::vector<Done>* done) {
  auto result = co_await engine.probe(std::move(plan));
  done->push_back({std::move(result), env.clock.now()});
}

// All plans at once, each once.
inline env::Task<void> echo_all(env::Env env, std::vector<record::ProbePlan> plans, std::vector<Done>* done) {
  Announcer announcer(env.clock);
  EchoEngine engine(env, announcer);
  env::TaskGroup group(env.executor);
  for (auto& plan : plans) {
    auto one = echo_one(env, engine, std::move(plan), done);
    group.spawn(std::move(one));
  }
  co_await group.join();
  co_await engine.stop();
}

// Which socket the agent's kernel grants it.
enum class Socket { raw, ping, none };

struct ProbeWorld {
  explicit ProbeWorld(Socket socket = Socket::raw, std::uint64_t seed = 1)
      : world(seed),
        agent(world.add_host("agent", {.addresses = {kAgent4, kAgent6},
                                       .raw_icmp = socket == Socket::raw,
                                       .ping_sockets = socket != Socket::none})),
        target(world.add_host("target", {.addresses = {kTarget4, kTarget6}})) {}

  void fixed_delay(base::Duration one_way) { world.fabric().set_faults({.delay_min = one_way, .delay_max = one_way}); }
  // Boots the agent with these echo probes and lets ten seconds pass.
  void echo(std::vector<record::ProbePlan> plans) {
    agent.boot([this, plans](env::Env env) { return echo_all(env, plans, &done); });
    world.run_for(base::Duration::seconds(10));
  }
  record::ProbeResult echo(const record::ProbePlan& plan) {
    echo(std::vector{plan});
    return done.empty() ? record::ProbeResult() : done.front().result;
  }

  std::vector<Done> done;
  sim::World world;
  sim::Host& agent;
  sim::Host& target;
};

inline std::optional<base::Duration> phase_of(const record::ProbeResult& result, record::Phase phase) {
  return result.phases.at(static_cast<std::size_t>(phase));
}

// The first fact of that name as fact_text() shows it; "none" where there is none.
inline std::string fact(const record::ProbeResult& result, std::string_view name) {
  for (const auto& each : result.facts) {
    if (each.name == name) return record::fact_text(each.value);
  }
  return "none";
}

}  // namespace holter::probe
