// An agent spools to a hub through crashes, power losses and partitions. Promised: every record that the spool accepted
// is stored at the hub exactly once or covered by a gap; what was acked is durable; when the faults stop, all arrives;
// the same seed gives the same run. A hub that acks before it is durable is found by a power loss aimed at its acks.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <iostream>

#include "sim/scenarios/file_archive.h"
#include "sim/scenarios/ledger.h"
#include "sim/seeds.h"
#include "sim/world.h"
#include "spool/spool.h"
#include "uplink/agent_end.h"
#include "uplink/hub_end.h"

namespace holter::sim {
namespace {

using base::Duration;

const base::IpAddress kHubAddress = base::IpAddress::v4({192, 0, 2, 1});
const base::IpAddress kAgentAddress = base::IpAddress::v4({192, 0, 2, 2});
constexpr const char* kArchive = "/archive";

struct Setting {
  AckWhen ack_when = AckWhen::durable;
  std::uint64_t spool_bytes = 16 * 1024 * 1024;
  std::uint64_t pause_ms = 2'000;  // at most, between appends
  std::function<void()> on_ack = [] {};
};

// The spool as it is, with the ledger reading along.
class WatchedOutbox final : public codec::Outbox {
 public:
  WatchedOutbox(codec::Outbox& spool, Ledger& ledger, const Setting& setting)
      : spool_(spool), ledger_(ledger), setting_(setting) {}

  base::Result<std::vector<codec::StoredBatch>> next(record::Lane lane, codec::Position after, std::size_t bytes,
                                                     std::size_t batches, base::WallTime now) override {
    return spool_.next(lane, after, bytes, batches, now);
  }
  base::Result<bool> acknowledge(std::uint32_t epoch, record::Lane lane, const base::RangeSet& durable) override {
    ledger_.acked(epoch, lane, durable);
    ++ledger_.acks;
    setting_.on_ack();
    return spool_.acknowledge(epoch, lane, durable);
  }
  base::Result<void> maintain(base::WallTime now) override { return spool_.maintain(now); }
  std::uint32_t epoch() const override { return spool_.epoch(); }
  codec::Tails tails() const override { return spool_.tails(); }
  std::uint64_t kept() const override { return spool_.kept(); }

 private:
  codec::Outbox& spool_;
  Ledger& ledger_;
  const Setting& setting_;
};

record::Record some_record(Ledger& ledger, env::Random& random) {
  const std::string name = std::to_string(ledger.next_body());
  switch (random.below(4)) {
    case 0: {
      record::NetworkChange change;
      change.what = name;
      return change;
    }
    case 1: {
      record::FlowRecord flow;
      flow.initiator = name;
      return flow;
    }
    case 2: {
      record::PacketRecord packet;
      packet.source = name;
      return packet;
    }
    default: {
      record::ProbeResult result;
      result.probe = name;
      return result;
    }
  }
}

env::Task<void> append_for_ever(env::Env env, spool::Spool* spool, uplink::AgentEnd* end, Ledger* ledger,
                                std::uint64_t pause_ms) {
  for (;;) {
    const base::Instant next =
        env.clock.now() + Duration::milliseconds(static_cast<std::int64_t>(200 + env.random.below(pause_ms)));
    co_await env.clock.sleep_until(next);
    if (!ledger->appending) continue;
    std::vector<record::Record> records;
    for (std::uint64_t left = 1 + env.random.below(12); left > 0; --left) {
      records.push_back(some_record(*ledger, env.random));
    }
    const base::WallTime now = env.clock.wall_now();
    // The ledger learns of it in the same moment as the program.
    co_await env.offload.run([spool, ledger, &records, now] {
      const auto appended = spool->append(records, now);
      for (std::size_t i = 0; appended && i < records.size(); ++i) ledger->accepted(appended->ids[i], records[i]);
      return appended.has_value();
    });
    end->appended();
  }
}

env::Task<void> run_agent(env::Env env, Ledger* ledger, const Setting* setting) {
  spool::Options options;
  options.directory = "/spool";
  options.agent.bytes[0] = 1;
  options.max_bytes = setting->spool_bytes;
  options.chunk_bytes = 4'096;
  auto spool = spool::Spool::open(env.files, options, env.clock.wall_now());
  if (!spool) {
    env.log.warn("scenario", "the spool did not open", {{"reason", spool.error()}});
    co_return;
  }
  WatchedOutbox outbox(**spool, *ledger, *setting);
  uplink::AgentOptions agent;
  agent.hub_host = base::to_string(kHubAddress);
  agent.agent = options.agent;
  agent.name = "attic";
  uplink::AgentEnd end(env, agent, outbox, [](const record::Plan&) {});
  env::TaskGroup tasks(env.executor);
  tasks.spawn(append_for_ever(env, spool->get(), &end, ledger, setting->pause_ms));
  tasks.spawn(end.run());
  co_await tasks.join();
}

env::Task<void> run_hub(env::Env env, Ledger* ledger, const Setting* setting) {
  auto archive = FileArchive::open(env.files, kArchive, setting->ack_when);
  if (!archive) {
    env.log.warn("scenario", "the archive did not open", {{"reason", archive.error()}});
    co_return;
  }
  ledger->hub_opened((*archive)->book().state());
  uplink::HubOptions options;
  options.listen = {kHubAddress, 4282};
  uplink::HubEnd end(env, options, **archive);
  const auto ended = co_await end.run();
  if (!ended) env.log.error("scenario", "the hub stopped", {{"reason", ended.error()}});
}

// Two hosts, their programs, and what may happen to them.
class Scenario {
 public:
  Scenario(World& world, Setting setting) : world_(world), setting_(std::move(setting)) {
    hub_ = &world_.add_host("hub", {.addresses = {kHubAddress}});
    agent_ = &world_.add_host("agent", {.addresses = {kAgentAddress}});
    hub_->boot([this](env::Env env) { return run_hub(env, &ledger, &setting_); });
    agent_->boot([this](env::Env env) { return run_agent(env, &ledger, &setting_); });
  }
  // The programs hold pointers into this object.
  ~Scenario() {
    if (hub_->running()) world_.crash(*hub_);
    if (agent_->running()) world_.crash(*agent_);
  }

  // One fault, and the return from it.
  void something_happens() {
    Host& host = world_.random().below(2) == 0 ? *hub_ : *agent_;
    const auto pause = Duration::milliseconds(static_cast<std::int64_t>(world_.random().below(20'000)));
    switch (world_.random().below(4)) {
      case 0: stop(host, false); break;
      case 1: stop(host, true); break;
      case 2: world_.partition(*hub_, *agent_); break;
      default: world_.partition_one_way(host, &host == hub_ ? *agent_ : *hub_); break;
    }
    ++faults;
    world_.run_for(pause);
    recover();
    world_.run_for(Duration::milliseconds(static_cast<std::int64_t>(world_.random().below(25'000))));
  }
  void stop(Host& host, bool power) {
    if (!host.running()) return;
    power ? world_.power_loss(host) : world_.crash(host);
  }
  void recover() {
    world_.heal(*hub_, *agent_);
    for (Host* host : {hub_, agent_}) {
      if (host->running()) continue;
      world_.crash(*host);  // also a program that ended by itself begins again
      host->restart();
    }
  }
  // Faults are over: everything must arrive.
  void converge() {
    recover();
    ledger.appending = false;
    world_.run_for(Duration::minutes(5));
    if (const std::string failure = world_.failure(); !failure.empty()) ledger.fail(failure);
    const auto stored = FileArchive::read_all(hub_->disk(), kArchive);
    if (!stored) {
      ledger.fail("the archive cannot be read: " + base::to_string(stored.error()));
      return;
    }
    ledger.check_all_stored(*stored);
  }
  bool is_good() const {
    if (!ledger.failures().empty() && std::getenv("HOLTER_SEED") != nullptr) {
      for (Host* host : {hub_, agent_}) {
        for (const LogLine& line : host->log().lines()) {
          std::cout << host->name() << ' ' << line.at.in_nanoseconds() / 1'000'000 << " ms " << line.text << '\n';
        }
      }
    }
    for (const std::string& failure : ledger.failures()) ADD_FAILURE() << "seed " << world_.seed() << ": " << failure;
    return ledger.failures().empty();
  }

  Host& hub() { return *hub_; }
  Host& agent() { return *agent_; }
  Setting& setting() { return setting_; }

  Ledger ledger;
  int faults = 0;

 private:
  World& world_;
  Setting setting_;
  Host* hub_;
  Host* agent_;
};

TEST(SpoolToHub, SurvivesAThousandCrashesAndPartitions) {
  EXPECT_TRUE(for_each_seed(1, [](World& world) {
    Setting setting;
    setting.pause_ms = 8'000;
    Scenario scenario(world, setting);
    world.run_for(Duration::seconds(10));
    while (scenario.faults < 1'000 && scenario.ledger.failures().empty()) scenario.something_happens();
    scenario.converge();
    EXPECT_GT(scenario.ledger.stored(), 10'000U);
    EXPECT_EQ(scenario.ledger.covered(), 0U) << "no disk failed and nothing was full: nothing may be missing";
    EXPECT_GT(scenario.agent().log().count("accepted by hub"), 100U);
    return scenario.is_good();
  }));
}

TEST(SpoolToHub, KeepsItsPromisesUnderManySeeds) {
  EXPECT_TRUE(for_each_seed(20, [](World& world) {
    Scenario scenario(world, {});
    Faults weather;
    weather.delay_max = Duration::milliseconds(static_cast<std::int64_t>(1 + world.random().below(300)));
    weather.drop = world.random().unit() * 0.05;
    weather.reorder = world.random().unit() * 0.05;
    world.fabric().set_faults(weather);
    for (Host* host : {&scenario.hub(), &scenario.agent()}) {
      DiskFaults faults;
      faults.tear = true;
      host->disk().set_faults(faults);
    }
    while (scenario.faults < 40) scenario.something_happens();
    scenario.converge();
    EXPECT_EQ(scenario.ledger.covered(), 0U);
    return scenario.is_good();
  }));
}

TEST(SpoolToHub, WhatASmallSpoolShedsIsCoveredByGaps) {
  EXPECT_TRUE(for_each_seed(5, [](World& world) {
    Setting setting;
    setting.spool_bytes = 40'000;
    Scenario scenario(world, setting);
    world.run_for(Duration::minutes(1));
    world.partition(scenario.hub(), scenario.agent());
    world.run_for(Duration::minutes(10));
    scenario.converge();
    EXPECT_GT(scenario.ledger.covered(), 0U);
    EXPECT_GT(scenario.ledger.stored(), 100U);
    return scenario.is_good();
  }));
}

TEST(SpoolToHub, DiskFaultsLoseNothingSilently) {
  EXPECT_TRUE(for_each_seed(20, [](World& world) {
    Scenario scenario(world, {});
    for (Host* host : {&scenario.hub(), &scenario.agent()}) host->log().allow_error("");
    for (int i = 0; i < 20; ++i) {
      Host& host = i % 3 == 0 ? scenario.hub() : scenario.agent();
      DiskFaults faults;
      (world.random().below(2) == 0 ? faults.fail_sync : faults.fail_operation) = world.random().below(30);
      host.disk().set_faults(faults);
      world.run_for(Duration::seconds(30));
      if (i % 4 == 3) scenario.something_happens();
      scenario.stop(scenario.hub(), false);  // a hub whose archive was condemned opens it again
      scenario.recover();
    }
    for (Host* host : {&scenario.hub(), &scenario.agent()}) host->disk().set_faults({});
    scenario.converge();
    return scenario.is_good();
  }));
}

std::uint64_t hash_of_a_run(std::uint64_t seed) {
  World world(seed);
  Scenario scenario(world, {});
  while (scenario.faults < 30) scenario.something_happens();
  scenario.converge();
  return world.trace_hash();
}

TEST(SpoolToHub, TheSameSeedGivesTheSameRun) {
  EXPECT_EQ(hash_of_a_run(7), hash_of_a_run(7));
  EXPECT_NE(hash_of_a_run(7), hash_of_a_run(8));
}

// The hub's machine stops in the moment in which the agent has read an ack.
std::vector<std::string> failures_with_aimed_power_loss(AckWhen ack_when) {
  World world(1);
  Setting setting;
  setting.ack_when = ack_when;
  Scenario scenario(world, setting);
  std::uint64_t aimed = 0;
  scenario.setting().on_ack = [&] {
    if (scenario.ledger.acks % 10 != 9) return;
    ++aimed;
    world.at(world.now(), [&] { scenario.stop(scenario.hub(), true); });
  };
  for (int i = 0; i < 20; ++i) {
    world.run_for(Duration::seconds(30));
    scenario.recover();
  }
  scenario.setting().on_ack = [] {};
  scenario.converge();
  EXPECT_GE(aimed, 5U) << "the fault was aimed at something";
  return scenario.ledger.failures();
}

TEST(SpoolToHub, AHubThatAcksBeforeItIsDurableIsFoundByAnAimedPowerLoss) {
  EXPECT_TRUE(failures_with_aimed_power_loss(AckWhen::durable).empty());
  EXPECT_FALSE(failures_with_aimed_power_loss(AckWhen::written).empty());
}

}  // namespace
}  // namespace holter::sim
