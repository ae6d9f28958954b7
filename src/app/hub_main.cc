#include "app/hub_main.h"

#include <fmt/format.h>

#include <csignal>

#include "app/banner.h"
#include "app/capture_river.h"
#include "app/default_plan.h"
#include "app/heartbeat_river.h"
#include "app/hub.h"
#include "app/probe_river.h"
#include "app/suspend.h"
#include "app/terminal.h"
#include "app/version.h"
#include "env/linux/signals.h"
#include "uplink/hub_end.h"

namespace holter::app {
namespace {

constexpr base::Duration kStartWithin = base::Duration::seconds(2);
constexpr base::Duration kAgentsEvery = base::Duration::seconds(1);

std::string page_of(const RunOptions& options) { return "http://" + to_string(options.http) + "/"; }

api::About about(const env::Env& env, const RunOptions& options, const Ground& ground, const Keeper& keeper,
                 const heartbeat::ListenerOptions& listening) {
  api::About about;
  about.version = kVersion;
  about.role = options.role == Role::hub ? "hub" : "run";
  about.name = options.name.empty() ? env.host.name() : options.name;
  about.agent = keeper.agent();
  about.started = env.clock.wall_now();
  about.page = page_of(options);
  about.data_directory = ground.paths.data;
  for (const auto& endpoint : listening.endpoints) about.pulse_endpoints.push_back(to_string(endpoint));
  about.store_budget_bytes = options.budget_bytes;
  return about;
}

heartbeat::ListenerOptions listener_options(const RunOptions& options) {
  heartbeat::ListenerOptions listening;
  if (!options.pulses.empty()) listening.endpoints = options.pulses;
  return listening;
}

std::string probes_in_words(const record::Plan& plan) {
  std::string text;
  for (const auto& probe : plan.probes) {
    text += fmt::format("{}{} ({} {}, every {})", text.empty() ? "" : ", ", probe.name, to_string(probe.kind),
                        probe.target, to_string(probe.interval));
  }
  return text;
}

// The rivers beside the main loop. Destroyed first: each ends its loop after posting what it still held.
struct Rivers {
  std::unique_ptr<ProbeRiver> probe;
  std::unique_ptr<CaptureRiver> capture;
  std::unique_ptr<HeartbeatRiver> heartbeat;
};

// Begins what this host does by itself. A probe or capture that cannot begin is a problem that is shown, not an end.
Rivers start_rivers(const RunOptions& options, Ground& ground, Hub& hub, NewsBox& news, const HostFacts& facts,
                    const record::Plan& plan) {
  Rivers rivers;
  if (options.role == Role::run && !options.passive) {
    auto probe = ProbeRiver::start(*ground.log, ground.loop_options(), news);
    if (probe) {
      (*probe)->set_plan(plan);
      rivers.probe = std::move(*probe);
    } else {
      hub.state().set_problem("probe", "no probes: " + probe.error().message);
    }
  }
  if (options.role == Role::run) rivers.capture = start_capture(ground, interface_to_capture(options, facts), news);
  return rivers;
}

env::Task<void> show_agents(env::Env env, Hub& hub, uplink::HubEnd& end) {
  std::map<base::AgentId, api::AgentStatus> known;
  for (;;) {
    co_await env.clock.sleep_for(kAgentsEvery);
    for (auto& [id, status] : known) status.connected = false;
    for (const auto& agent : end.agents()) {
      known[agent.agent.id] = {agent.agent.name.for_terminal(), true, env.clock.wall_now(), 0};
    }
    for (const auto& [id, status] : known) hub.state().set_agent(id, status);
  }
}

env::Task<void> run_hub_end(env::Env env, uplink::HubEnd& end) {
  const auto ended = co_await end.run();
  if (!ended) env.log.error("uplink", "agents cannot be heard", {{"error", ended.error()}});
}

// Waits for the end; a suspension in between is recorded as a gap.
env::Task<void> until_told_to_end(env::Env env, env_linux::Signals& signals, Hub& hub, NewsBox& news) {
  for (;;) {
    const auto signal = co_await signals.next();
    if (!signal || *signal == SIGINT || *signal == SIGTERM) co_return;
    if (*signal != SIGTSTP) continue;
    co_await hub.flush();
    news.post(record::Record(suspend_with_gap(env)));
  }
}

std::string kept_in_words(const RunOptions& options, const Ground& ground) {
  return fmt::format("{}, at most {} MiB; the oldest packets and conversations go first, and each loss is recorded",
                     ground.paths.data, options.budget_bytes >> 20);
}

}  // namespace

env::Task<void> hub_main(env::Env env, RunOptions options, Ground& ground, int& exit_code) {
  exit_code = kFailed;
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGHUP});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');

  // The page first: a port that is taken ends the program before anything is opened.
  auto page = env.network.listen(options.http);
  if (!page) co_return print_error("cannot serve the page at " + to_string(options.http) + ": " + page.error().message + "; choose another with --http\n");
  auto control = env.network.listen_local(ground.paths.control_socket());
  if (!control) co_return print_error("cannot make the control socket: " + control.error().message + '\n');

  NewsBox news(env.executor, kNewsCapacity);
  store::Options store_options;
  store_options.directory = ground.paths.data;
  store_options.budget_bytes = options.budget_bytes;
  store_options.on_damage = store::OnDamage::move_aside;
  auto keeper = Keeper::open(env, store_options, news);
  if (!keeper) co_return print_error("cannot open the store: " + keeper.error().message + '\n');

  const HostFacts facts = facts_of(env.host);
  const record::Plan plan = default_plan(facts, options.targets);
  const auto listening = listener_options(options);
  Hub hub(env, options, about(env, options, ground, **keeper, listening), {news, **keeper, facts});
  co_await hub.remember();

  // From here on records are taken, shown and kept.
  env::TaskGroup storing(env.executor);
  storing.spawn((*keeper)->writer().run());
  env::TaskGroup taking(env.executor);
  taking.spawn(hub.take_news());
  Rivers rivers = start_rivers(options, ground, hub, news, facts, plan);
  auto heartbeat = HeartbeatRiver::start(*ground.log, listening, hub.known_sessions(), news);
  if (heartbeat) rivers.heartbeat = std::move(*heartbeat);
  const auto heard = co_await hub.started("heartbeat", kStartWithin);

  env::TaskGroup serving(env.executor);
  uplink::HubOptions uplink_options;
  uplink_options.listen = options.listen;
  uplink_options.version = kVersion;
  uplink::HubEnd end(env, uplink_options, **keeper);
  if (heard.failed) {
    print_error("cannot hear pulses: " + heard.what + "; choose another address with --pulses\n");
  } else {
    serving.spawn(hub.serve(std::move(*page), http::Origin::network));
    serving.spawn(hub.serve(std::move(*control), http::Origin::control));
    serving.spawn(hub.keep_house());
    if (options.role == Role::hub) {
      end.set_plan(plan);
      serving.spawn(run_hub_end(env, end));
      serving.spawn(show_agents(env, hub, end));
    }
    const auto pinging = rivers.probe ? co_await hub.started("probe", kStartWithin) : StartNews();
    std::string captures;
    if (options.role == Role::run) {
      const std::string interface = interface_to_capture(options, facts);
      captures = ground.broker ? interface : "nothing: " + ground.no_broker;
    }
    std::string addresses;
    for (const auto& address : own_addresses(facts)) addresses += (addresses.empty() ? "" : ", ") + address;
    print(banner({{"holter", std::string(kVersion) + ", " + ground.runs_as},
                  {"page", page_of(options)},
                  {"probes", options.passive ? "nothing (--passive)" : probes_in_words(plan)},
                  {"sockets", pinging.what.empty() ? "" : "ICMP " + pinging.what},
                  {"captures", captures},
                  {"listens", "for pulses on UDP " + heard.what},
                  {"agents", options.role == Role::hub ? "connect to TCP " + to_string(options.listen) : ""},
                  {"keeps", kept_in_words(options, ground)},
                  {"host", addresses.empty() ? "no address but loopback" : addresses}}));
    co_await until_told_to_end(env, **signals, hub, news);
    exit_code = kDone;
  }

  // From here on nothing new begins: the rivers end, what they left is stored, then the page closes.
  env.log.info("holter", "stopping");
  rivers = {};
  news.close();
  co_await taking.join();
  (*keeper)->writer().close();
  co_await storing.join();
  hub.close();
  co_await serving.stop();
  env.log.info("holter", "stopped");
}

}  // namespace holter::app
