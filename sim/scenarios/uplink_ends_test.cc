// What agent and hub say and do around a connection: each step in the log, the plan pushed when it changes, a dead peer
// noticed within seconds, strangers and newer protocols shown the door in words.
#include <gtest/gtest.h>

#include "sim/scenarios/file_archive.h"
#include "sim/world.h"
#include "spool/spool.h"
#include "uplink/agent_end.h"
#include "uplink/hub_end.h"

namespace holter::sim {
namespace {

using base::Duration;

const base::Endpoint kHub{base::IpAddress::v4({192, 0, 2, 1}), 4282};
const base::IpAddress kAgentAddress = base::IpAddress::v4({192, 0, 2, 2});

// What the test sees of the programs while they run.
struct View {
  std::uint64_t plan_to_push = 1;
  std::uint64_t plan_seen = 0;
  std::size_t agents = 0;
  bool accepted = false;
  std::vector<base::Endpoint> announced;  // the agent's own ends, in their order
  std::size_t announced_now = 0;          // of connections that are not over
  base::Endpoint agent_at;                // as the hub has it
};

struct Announced {
  explicit Announced(View* v) : view(v) { ++view->announced_now; }
  Announced(const Announced&) = delete;
  Announced& operator=(const Announced&) = delete;
  ~Announced() { --view->announced_now; }
  View* view;
};

env::Task<void> look_at_hub(env::Env env, uplink::HubEnd* end, View* view) {
  for (std::uint64_t pushed = 0;;) {
    if (pushed != view->plan_to_push) {
      record::Plan plan;
      plan.version = pushed = view->plan_to_push;
      record::ProbePlan gateway;
      gateway.name = "gateway";
      gateway.target = "192.0.2.254";
      plan.probes.push_back(gateway);
      end->set_plan(plan);
    }
    const auto agents = end->agents();
    view->agents = agents.size();
    if (!agents.empty()) view->agent_at = agents.front().peer;
    const base::Instant next = env.clock.now() + Duration::seconds(1);
    co_await env.clock.sleep_until(next);
  }
}

env::Task<void> serve(uplink::HubEnd* end) { static_cast<void>(co_await end->run()); }

env::Task<void> hub_program(env::Env env, View* view) {
  auto archive = FileArchive::open(env.files, "/archive", AckWhen::durable).value();
  uplink::HubOptions options;
  options.listen = kHub;
  uplink::HubEnd end(env, options, *archive);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(look_at_hub(env, &end, view));
  tasks.spawn(serve(&end));
  co_await tasks.join();
}

env::Task<void> look_at_agent(env::Env env, uplink::AgentEnd* end, View* view) {
  for (;;) {
    view->accepted = end->status().accepted;
    const base::Instant next = env.clock.now() + Duration::seconds(1);
    co_await env.clock.sleep_until(next);
  }
}

env::Task<void> agent_program(env::Env env, View* view) {
  spool::Options options;
  options.directory = "/spool";
  auto spool = spool::Spool::open(env.files, options, env.clock.wall_now()).value();
  const auto appended = spool->append({record::ProbeResult(), record::ProbeResult()}, env.clock.wall_now());
  EXPECT_TRUE(appended);
  uplink::AgentOptions agent;
  agent.hub_host = base::to_string(kHub.address);
  agent.name = "attic";
  agent.announce = [view](const base::Endpoint& local, const base::Endpoint& hub) {
    EXPECT_EQ(hub, kHub);
    view->announced.push_back(local);
    return std::make_shared<const Announced>(view);
  };
  uplink::AgentEnd end(env, agent, *spool, [view](const record::Plan& plan) { view->plan_seen = plan.version; });
  env::TaskGroup tasks(env.executor);
  tasks.spawn(end.run());
  tasks.spawn(look_at_agent(env, &end, view));
  co_await tasks.join();
}

// Says `bytes` to the hub and keeps what it answers.
env::Task<void> stranger_program(env::Env env, std::vector<std::uint8_t> bytes, std::vector<std::uint8_t>* answer) {
  auto stream = co_await env.network.connect(kHub);
  if (!stream) co_return;
  static_cast<void>(co_await (*stream)->write_all(bytes));
  std::vector<std::uint8_t> buffer(4'096);
  for (;;) {
    const auto got = co_await (*stream)->read_some(buffer);
    if (!got) co_return;
    answer->insert(answer->end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

class Ends : public testing::Test {
 protected:
  Ends()
      : hub(world.add_host("hub", {.addresses = {kHub.address}})),
        agent(world.add_host("agent", {.addresses = {kAgentAddress}})) {}
  void boot() {
    hub.boot([this](env::Env env) { return hub_program(env, &view); });
    agent.boot([this](env::Env env) { return agent_program(env, &view); });
  }
  // What the hub answers to bytes that no agent of ours would send.
  std::vector<std::uint8_t> answer_to(std::vector<std::uint8_t> bytes) {
    hub.boot([this](env::Env env) { return hub_program(env, &view); });
    world.run_for(Duration::seconds(1));
    agent.boot([this, bytes](env::Env env) { return stranger_program(env, bytes, &answer); });
    world.run_for(Duration::seconds(30));
    return answer;
  }

  View view;
  std::vector<std::uint8_t> answer;
  World world{1};
  Host& hub;
  Host& agent;
};

TEST_F(Ends, SayEachStepAndFindEachOtherAgain) {
  boot();
  world.run_for(Duration::seconds(10));
  EXPECT_TRUE(view.accepted);
  EXPECT_EQ(view.agents, 1U);
  EXPECT_EQ(hub.log().count("uplink: agent accepted agent=attic"), 1U);
  EXPECT_EQ(agent.log().count("uplink: accepted by hub"), 1U);
  EXPECT_EQ(agent.log().count("uplink: resumed records_kept=2"), 1U);
  world.partition(hub, agent);
  world.run_for(Duration::seconds(16));
  EXPECT_FALSE(view.accepted) << "a dead peer is noticed within seconds";
  EXPECT_EQ(view.agents, 0U);
  EXPECT_EQ(agent.log().count("uplink: lost the hub reason=\"nothing was heard of the hub for 15 s\" next_try_in="),
            1U);
  EXPECT_EQ(hub.log().count("uplink: lost the agent agent=attic"), 1U);
  world.heal(hub, agent);
  world.run_for(Duration::minutes(2));
  EXPECT_TRUE(view.accepted);
  EXPECT_EQ(agent.log().count("uplink: resumed records_kept=0"), 1U);
  EXPECT_EQ(world.failure(), "");
}

TEST_F(Ends, EachConnectionIsAnnouncedByBothEndsAndOneAtATime) {
  agent.boot([this](env::Env env) { return agent_program(env, &view); });
  world.run_for(Duration::seconds(10));
  const std::size_t refused = view.announced.size();
  EXPECT_GT(refused, 1U) << "also those that come to nothing";
  EXPECT_EQ(view.announced_now, 0U);
  hub.boot([this](env::Env env) { return hub_program(env, &view); });
  world.run_for(Duration::minutes(1));
  ASSERT_TRUE(view.accepted);
  EXPECT_EQ(view.announced.back(), view.agent_at);
  EXPECT_EQ(view.announced_now, 1U);
  world.partition(hub, agent);
  world.run_for(Duration::seconds(60));
  world.heal(hub, agent);
  world.run_for(Duration::minutes(2));
  ASSERT_TRUE(view.accepted);
  EXPECT_EQ(view.announced.back(), view.agent_at);
  EXPECT_NE(view.announced.back(), view.announced[refused]) << "another port";
  EXPECT_EQ(view.announced_now, 1U);
}

TEST_F(Ends, AChangedPlanIsPushed) {
  boot();
  world.run_for(Duration::seconds(5));
  EXPECT_EQ(view.plan_seen, 1U);
  view.plan_to_push = 2;
  world.run_for(Duration::seconds(5));
  EXPECT_EQ(view.plan_seen, 2U);
}

TEST_F(Ends, AnIdleConnectionStays) {
  boot();
  world.run_for(Duration::hours(1));
  EXPECT_EQ(agent.log().count("accepted by hub"), 1U);
  EXPECT_TRUE(view.accepted);
}

TEST_F(Ends, ANewerProtocolIsRefusedInWords) {
  uplink::Hello hello;
  hello.protocol = hello.oldest_protocol = 9;
  const auto heard = answer_to(uplink::encode(hello));
  uplink::FrameReader reader;
  reader.feed(heard);
  const auto message = reader.next();
  ASSERT_TRUE(message);
  ASSERT_TRUE(*message);
  EXPECT_EQ(std::get<uplink::Refused>(**message).reason.raw(),
            "the agent speaks version 9 of the protocol, this hub up to 1: update the hub");
  EXPECT_EQ(hub.log().count("refused a connection"), 1U);
}

TEST_F(Ends, AStrangerIsShownTheDoor) {
  answer_to({'G', 'E', 'T', ' ', '/', '\r', '\n'});
  EXPECT_EQ(hub.log().count("refused a connection peer=192.0.2.2"), 1U);
  EXPECT_FALSE(agent.running()) << "the connection was closed";
}

TEST_F(Ends, AConnectionThatSaysNothingIsClosed) {
  answer_to({});
  EXPECT_EQ(hub.log().count("nothing was heard of the agent in time"), 1U);
  EXPECT_FALSE(agent.running());
}

}  // namespace
}  // namespace holter::sim
