#include "app/hub_main.h"

#include <csignal>

#include "app/captures.h"
#include "app/figures.h"
#include "app/heartbeat_river.h"
#include "app/hub.h"
#include "app/hub_words.h"
#include "app/key_office.h"
#include "app/key_words.h"
#include "app/last_seconds.h"
#include "app/line_certificate.h"
#include "app/pings.h"
#include "app/probe_requests.h"
#include "app/probe_river.h"
#include "app/reload.h"
#include "app/service.h"
#include "app/suspend.h"
#include "app/telling.h"
#include "app/terminal.h"
#include "app/version.h"
#include "env/linux/signals.h"
#include "probe/probers.h"
#include "uplink/hub_end.h"

namespace holter::app {
namespace {

constexpr base::Duration kStartWithin = base::Duration::seconds(2);
constexpr base::Duration kAgentsEvery = base::Duration::seconds(1);
constexpr base::Duration kFiguresEvery = base::Duration::seconds(1);

// What is opened before anything begins, so that a port that is taken or a store that cannot be read ends the program
// with a sentence and nothing started.
struct Opened {
  std::unique_ptr<capture::OwnTraffic> own;
  std::unique_ptr<env_linux::Signals> signals;
  std::unique_ptr<env::Listener> page;
  std::unique_ptr<env::Listener> control;
  std::unique_ptr<Keeper> keeper;
};

base::Result<Opened> open_all(env::Env env, const RunOptions& options, const Ground& ground, NewsBox& news) {
  Opened opened;
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGHUP});
  if (!signals) return signals.error();
  opened.signals = std::move(*signals);
  const base::Endpoint& http = options.settings.http;
  auto page = env.network.listen(http);
  if (!page) {
    return base::with_context("cannot serve the page at " + to_string(http) + " (choose another with --http)",
                              page.error());
  }
  opened.own = std::make_unique<capture::OwnTraffic>(env);
  opened.page = opened.own->watch(std::move(*page));
  auto control = env.network.listen_local(ground.paths.control_socket());
  if (!control) return base::with_context("cannot make the control socket", control.error());
  opened.control = std::move(*control);
  store::Options store;
  store.directory = ground.paths.data;
  store.budget_bytes = options.settings.store.budget_bytes;
  store.on_damage = store::OnDamage::move_aside;
  auto keeper = Keeper::open(env, store, news);
  if (!keeper) return base::with_context("cannot open the store", keeper.error());
  opened.keeper = std::move(*keeper);
  return opened;
}

// The rivers beside the main loop. Destroyed, each ends its loop after posting what it still held.
struct Rivers {
  std::unique_ptr<HeartbeatRiver> heartbeat;
  std::unique_ptr<ProbeRiver> probe;
  std::unique_ptr<Captures> capture;
};

// What cannot be read proves nobody, until it is put right.
heartbeat::Keys keys_of(const env::Env& env, const KeyOffice& office, Hub& hub) {
  auto keys = office.keys();
  if (keys) return std::move(*keys);
  env.log.error("heartbeat", "no key is taken", {{"why", keys.error().message}});
  hub.state().set_problem("keys", "no key is taken: " + keys.error().message);
  return {};
}

// The files may be others by now, also when the settings are not.
env::Task<void> show_certificate(env::Env env, config::Settings settings, Paths paths, HeartbeatRiver& river) {
  if (settings.heartbeat.lines.empty()) co_return;
  auto pem = co_await certificate_of(env, std::move(settings), std::move(paths));
  if (pem) river.set_certificate(std::move(*pem));
  if (!pem) env.log.warn("heartbeat", "the certificate is not taken over; that before stays", {{"why", pem.error()}});
}

// Hears pulses and lines, or says why it cannot: an end, before anything is recorded.
env::Task<base::Result<Beginnings>> start_heartbeat(env::Env env, const RunOptions& options, Ground& ground, Hub& hub,
                                                    NewsBox& news, heartbeat::Keys keys, Numbers asked, Pings& pings,
                                                    Rivers& rivers) {
  const auto& settings = options.settings;
  hub.label_sessions(settings.sessions);
  auto plan = heartbeat_plan(settings);
  plan.known = hub.known_sessions();
  pings.set_sessions(settings.sessions);
  pings.set_keys(keys);
  pings.remember(plan.known);
  auto pem = co_await certificate_of(env, settings, ground.paths);
  if (!pem) co_return pem.error();
  plan.lines.tls = std::move(*pem);
  plan.listener.keys = std::move(keys);
  plan.compat.refusal = ground.no_broker;
  plan.loop = ground.loop_options();
  auto heartbeat = HeartbeatRiver::start(*ground.log, std::move(plan), news, asked);
  if (!heartbeat) co_return heartbeat.error();
  rivers.heartbeat = std::move(*heartbeat);
  const auto pulses = co_await hub.started("heartbeat", kStartWithin);
  if (pulses.failed) {
    co_return base::Error{base::ErrorKind::io,
                          "cannot hear pulses (choose another address with --pulses): " + pulses.what};
  }
  const auto lines = co_await hub.started("lines", kStartWithin);
  if (!lines.failed) co_return Beginnings{"", pulses.what, lines.what};
  co_return base::Error{base::ErrorKind::io, "cannot hear lines (choose another address with --lines): " + lines.what};
}

// What /probe needs: the desk that answers, and the way to the probe river and back. `rivers` outlives it.
struct OnRequest {
  OnRequest(env::Env env, const Rivers& rivers, const config::Settings& settings, http::Router& router)
      : requests(env, [&rivers](ProbeOrder order) { return rivers.probe && rivers.probe->order(std::move(order)); }),
        desk(
            env, [this](record::ProbePlan plan) { return requests.ask(std::move(plan)); },
            [](const record::ProbePlan& plan) -> std::optional<std::string> {
              const auto mistake = probe::Probers::mistake_in(plan);
              return mistake ? std::optional(mistake->text) : std::nullopt;
            }) {
    desk.set(settings.probe_on_request, settings.modules);
    desk.add_route(router);
  }

  ProbeRequests requests;
  api::ProbeDesk desk;
};

// Who is told of probes' packets.
std::vector<AnnouncementBox> listeners(const Rivers& rivers, const LastSeconds& last_seconds) {
  if (!rivers.capture) return {};
  return last_seconds.with_listeners(rivers.capture->announcements());
}

// A probe or capture that cannot begin is a problem that is shown, not an end.
base::Result<void> start_agent_side(const RunOptions& options, Ground& ground, NewsBox& news, CapturePlan capturing,
                                    const OnRequest& on_request, const LastSeconds& last_seconds, Rivers& rivers) {
  capturing.traffic = rivers.heartbeat->traffic();
  if (options.role == Role::hub) {
    capturing.traffic->post({0, heartbeat::Hearing{0, "", "a hub captures nothing; holter run does"}});
    return {};
  }
  if (!options.passive) {
    auto probe = ProbeRiver::start(*ground.log, ground.loop_options(), options.settings.policy, news,
                                   on_request.requests.reports());
    if (!probe) return probe.error();
    rivers.probe = std::move(*probe);
    capturing.sightings = rivers.probe->sightings();
  }
  rivers.capture = start_captures(ground, capturing, news);
  if (rivers.probe) rivers.probe->announce_to(listeners(rivers, last_seconds));
  return {};
}

env::Task<void> show_agents(env::Env env, Hub& hub, uplink::HubEnd& end) {
  std::map<base::AgentId, api::AgentStatus> known;
  for (;;) {
    co_await env.clock.sleep_for(kAgentsEvery);
    for (auto& [id, status] : known) status.connected = false;
    for (const auto& agent : end.agents()) {
      known[agent.agent.id] = {agent.agent.name.raw(), true, env.clock.wall_now(), 0};
    }
    for (const auto& [id, status] : known) hub.state().set_agent(id, status);
  }
}

env::Task<void> tell_pings(env::Env env, Hub& hub, const Pings& pings) {
  for (;;) {
    hub.state().set_figures("pings", pings.figures());
    co_await env.clock.sleep_for(kFiguresEvery);
  }
}

env::Task<void> tell_recorder(env::Env env, Hub& hub, const LastSeconds& last_seconds) {
  while (!last_seconds.rings().empty()) {
    hub.state().set_figures("recorder", recorder_figures(last_seconds.rings(), packet_now(env)));
    co_await env.clock.sleep_for(kFiguresEvery);
  }
}

env::Task<void> tell_own(env::Env env, Hub& hub, const capture::OwnTraffic& own) {
  for (;;) {
    hub.state().set_figures("own traffic", own_figures(own.figures()));
    co_await env.clock.sleep_for(kFiguresEvery);
  }
}

env::Task<void> tell_announcements(env::Env env, Hub& hub, std::vector<AnnouncementBox> boxes,
                                   const LastSeconds& last_seconds) {
  while (!boxes.empty()) {
    hub.state().set_figures("probe packets", announcement_figures(boxes, last_seconds.notes()));
    co_await env.clock.sleep_for(kFiguresEvery);
  }
}

// `rivers` outlives it.
void serve_last_seconds(env::TaskGroup& serving, env::Env env, Hub& hub, LastSeconds& last_seconds,
                        const Rivers& rivers) {
  serving.spawn(tell_recorder(env, hub, last_seconds));
  serving.spawn(follow_monitored(env, hub.monitored(), rivers.capture));
  serving.spawn(last_seconds.keep_notes());
  serving.spawn(tell_announcements(env, hub, listeners(rivers, last_seconds), last_seconds));
}

env::Task<void> tell_requests(env::Env env, Hub& hub, const api::ProbeDesk& desk) {
  for (;;) {
    hub.state().set_figures("probe requests", desk.figures());
    co_await env.clock.sleep_for(kFiguresEvery);
  }
}

env::Task<void> run_hub_end(env::Env env, uplink::HubEnd& end) {
  const auto ended = co_await end.run();
  if (!ended) env.log.error("uplink", "agents cannot be heard", {{"error", ended.error()}});
}

// Tells the heartbeat river what is on the disk, so that its acks may go out.
env::Task<void> confirm_durable(Hub& hub, HeartbeatRiver& river, Numbers asked) {
  for (;;) {
    const auto numbers = co_await asked.receive();
    if (numbers.empty()) co_return;
    co_await hub.flush();
    river.confirm(numbers.back());
  }
}

// Everything that a plan reaches.
void set_plan(record::Plan plan, const RunOptions& options, Rivers& rivers, uplink::HubEnd& agents, Hub& hub) {
  if (rivers.probe) rivers.probe->set_plan(plan);
  if (options.role == Role::hub) agents.set_plan(plan);
  if (!options.passive) hub.state().set_plan(std::move(plan));
}

// Waits for the end. A suspension in between is recorded as a gap; SIGHUP opens the log's file and reads the
// configuration again.
env::Task<void> until_told_to_end(env::Env env, env_linux::Signals& signals, env_linux::ProgramLog& log, Hub& hub,
                                  NewsBox& news, Reloader& reloader) {
  for (;;) {
    const auto signal = co_await signals.next();
    if (!signal || *signal == SIGINT || *signal == SIGTERM) co_return;
    if (*signal == SIGHUP) {
      log.reopen();
      co_await reloader.reload();
    }
    if (*signal != SIGTSTP) continue;
    co_await hub.flush();
    news.post(record::Record(suspend_with_gap(env)));
  }
}

base::Result<void> hear_agents(const RunOptions& options, uplink::HubEnd& agents) {
  if (options.role != Role::hub) return {};
  const auto listening = agents.listen();
  if (listening) return {};
  return base::with_context("cannot hear agents (choose another address with --listen)", listening.error());
}

// Keys that are made or revoked while it runs hold at once.
void hand_out_keys(KeyOffice& keys, Hub& hub, Pings& pings, Rivers& rivers) {
  keys.on_change([&hub, &pings, &rivers](heartbeat::Keys changed) {
    hub.state().set_problem("keys", "");
    pings.set_keys(changed);
    rivers.heartbeat->set_keys(std::move(changed));
  });
}

void serve_all(env::TaskGroup& serving, env::Env env, Role role, Opened& opened, Hub& hub, Pings& pings,
               OnRequest& on_request, uplink::HubEnd& agents, Ground& ground) {
  serving.spawn(on_request.requests.take_reports());
  serving.spawn(tell_requests(env, hub, on_request.desk));
  serving.spawn(opened.own->run());
  serving.spawn(tell_own(env, hub, *opened.own));
  serving.spawn(hub.serve(std::move(opened.page), http::Origin::network));
  serving.spawn(hub.serve(std::move(opened.control), http::Origin::control));
  serving.spawn(hub.keep_house());
  serving.spawn(pings.serve());
  serving.spawn(tell_pings(env, hub, pings));
  serving.spawn(say_alive(env, ground.service));
  serving.spawn(tell_held(env, *ground.log));
  if (role != Role::hub) return;
  serving.spawn(run_hub_end(env, agents));
  serving.spawn(show_agents(env, hub, agents));
}

// `rivers` outlives what is returned.
auto into_presence(const Rivers& rivers) {
  return [&rivers](heartbeat::PingSign sign) { return rivers.heartbeat && rivers.heartbeat->ping(std::move(sign)); };
}

uplink::HubOptions uplink_options(const RunOptions& options) {
  uplink::HubOptions uplink;
  uplink.listen = options.settings.hub_listen;
  uplink.version = kVersion;
  return uplink;
}

// Settings that hold from here on, beside the rivers'.
void take_over(const config::Settings& wanted, const Ground& ground, Hub& hub, Telling& telling, Pings& pings,
               OnRequest& on_request) {
  ground.log->set_levels(log_levels(wanted.log));
  hub.label_sessions(wanted.sessions);
  telling.set(wanted.notifiers);
  pings.set_sessions(wanted.sessions);
  on_request.desk.set(wanted.probe_on_request, wanted.modules);
}

void set_capture(Rivers& rivers, Hub& hub, const config::Settings& running, const config::Settings& wanted,
                 const record::Plan& plan) {
  hub.monitored().set(wanted, plan);
  if (!rivers.capture) return;
  if (!running.capture.filters_as(wanted.capture)) rivers.capture->set_filter(capture_filter(wanted));
  rivers.capture->await_hosts(awaited_hosts(wanted));
  if (hub.monitored().take_changed()) rivers.capture->set_monitored(hub.monitored().hosts());
}

// From the first record to the last: serves until told to end.
env::Task<base::Result<void>> collect(env::Env env, RunOptions& options, Ground& ground, Hub& hub, NewsBox& news,
                                      const HostFacts& facts, KeyOffice& keys, Opened& opened) {
  record::Plan plan = plan_of(options.settings, facts, 1);
  uplink::HubEnd agents(env, uplink_options(options), *opened.keeper);
  if (auto heard = hear_agents(options, agents); !heard) co_return heard.error();
  Telling telling(env, *opened.keeper, hub, about_hub(env, options, ground, opened.keeper->agent()));
  Rivers rivers;
  Pings pings(env, into_presence(rivers));
  if (auto open = pings.listen(options.settings.heartbeat.pings); !open) co_return open.error();
  pings.add_routes(hub.router());
  OnRequest on_request(env, rivers, options.settings, hub.router());
  CapturePlan capturing = capture_plan(options, facts, opened.own.get());
  LastSeconds last_seconds(env, options, ground, capturing, hub.router());
  // Its tasks refer to it: from here on no way leads out but through its close().
  co_await telling.begin(options.settings.notifiers);
  const Numbers asked(env.executor, kWaitingNumbers);
  auto beginnings =
      co_await start_heartbeat(env, options, ground, hub, news, keys_of(env, keys, hub), asked, pings, rivers);
  auto begun = beginnings ? start_agent_side(options, ground, news, capturing, on_request, last_seconds, rivers)
                          : beginnings.error();
  if (!begun) {
    co_await telling.close();
    co_return begun;
  }
  hand_out_keys(keys, hub, pings, rivers);
  set_plan(plan, options, rivers, agents, hub);
  set_capture(rivers, hub, options.settings, options.settings, plan);
  if (rivers.probe) beginnings->probe = (co_await hub.started("probe", kStartWithin)).what;
  beginnings->recorder = last_seconds.in_words();

  env::TaskGroup reloading(env.executor);
  Reloader reloader(env, options, [&](const config::Settings& running, const config::Settings& wanted) {
    take_over(wanted, ground, hub, telling, pings, on_request);
    if (rivers.heartbeat) {
      rivers.heartbeat->set_expected(expected_sessions(wanted));
      reloading.spawn(show_certificate(env, wanted, ground.paths, *rivers.heartbeat));
    }
    // Gateways and resolvers may be others by now.
    record::Plan next = plan_of(wanted, facts_of(env.host), plan.version + 1);
    set_capture(rivers, hub, running, wanted, next);
    if (next.probes == plan.probes) return;
    plan = std::move(next);
    set_plan(plan, options, rivers, agents, hub);
  });
  hub.on_reload([&reloader] { return reloader.reload(); });
  env::TaskGroup serving(env.executor);
  serve_all(serving, env, options.role, opened, hub, pings, on_request, agents, ground);
  serve_last_seconds(serving, env, hub, last_seconds, rivers);
  env::TaskGroup confirming(env.executor);
  confirming.spawn(confirm_durable(hub, *rivers.heartbeat, asked));
  print(hub_banner(options, ground, facts, plan, *beginnings));
  ground.service.ready("recording; page " + page_of(options));
  co_await until_told_to_end(env, *opened.signals, *ground.log, hub, news, reloader);

  // From here on nothing new begins: the rivers end and what they held is on its way, then the page closes.
  env.log.info("holter", "stopping");
  ground.service.stopping();
  co_await confirming.stop();
  keys.on_change({});
  co_await reloading.stop();
  rivers.capture.reset();  // before the loop that it tells whom it hears
  rivers = {};
  last_seconds.remove();
  co_await serving.stop();
  co_await agents.stop();
  co_await pings.stop();
  co_await hub.close();
  co_await telling.close();
  co_return base::Result<void>();
}

}  // namespace

env::Task<void> hub_main(env::Env env, RunOptions options, Ground& ground, int& exit_code) {
  exit_code = kFailed;
  NewsBox news(env.executor, kNewsCapacity);
  auto opened = open_all(env, options, ground, news);
  if (!opened) co_return print_error(opened.error().message + '\n');
  Keeper& keeper = *opened->keeper;
  const HostFacts facts = facts_of(env.host);
  KeyOffice keys(env, ground.paths.data, pulse_address(options.settings.heartbeat.listen, facts));
  Hub hub(env, options, about_hub(env, options, ground, keeper.agent()),
          {news, keeper, facts, keys, options.settings.capture.enabled});
  co_await hub.remember();

  // From here on records are taken, shown and kept, until the box is closed and empty.
  env::TaskGroup keeping(env.executor);
  keeping.spawn(hub.take_news());
  keeping.spawn(keeper.writer().run());
  const auto collected = co_await collect(env, options, ground, hub, news, facts, keys, *opened);
  news.close();
  co_await hub.news_taken();
  keeper.writer().close();
  co_await keeping.join();

  if (!collected) co_return print_error(collected.error().message + '\n');
  env.log.info("holter", "stopped");
  exit_code = kDone;
}

}  // namespace holter::app
