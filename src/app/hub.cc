#include "app/hub.h"

#include "api/ui_assets.h"
#include "app/figures.h"

namespace holter::app {
namespace {

// Where news comes thick, it is taken in gulps: to wake up for each is what costs.
constexpr base::Duration kGulp = base::Duration::milliseconds(5);
constexpr base::Duration kHouseEvery = base::Duration::seconds(5);
constexpr base::Duration kRetryFlush = base::Duration::milliseconds(50);

http::ServerOptions server_options(const RunOptions& options) {
  http::ServerOptions server;
  server.guard.port = options.settings.http.port;
  if (!options.settings.http.address.is_any()) {
    const std::string text = to_string(options.settings.http.address);
    server.guard.names.push_back(options.settings.http.address.is_v4() ? text : '[' + text + ']');
  }
  return server;
}

std::vector<std::string> guard_names(const HostFacts& facts) {
  std::vector<std::string> names;
  for (const auto& interface : facts.interfaces) {
    for (const auto& address : interface.addresses) {
      const std::string text = to_string(address);
      names.push_back(address.is_v4() ? text : '[' + text + ']');
    }
  }
  return names;
}

http::ServerOptions server_options(const RunOptions& options, const HostFacts& facts) {
  http::ServerOptions server = server_options(options);
  // Bound to every address, it may be asked for by any of them.
  if (options.settings.http.address.is_any()) server.guard.names = guard_names(facts);
  return server;
}

api::SessionStatus shown(const heartbeat::SessionStatus& session, base::WallTime now) {
  api::SessionStatus status;
  status.name = session.name;
  status.peer = session.peer;
  status.way = session.way;
  status.authentication = session.authentication;
  status.state = session.state;
  status.interval = session.interval;
  status.detect_multiplier = session.detect_multiplier;
  status.detection_time = session.detection_time;
  status.suspicion = session.suspicion;
  status.heard = session.last_heard.has_value();
  status.last_heard = session.last_heard.value_or(now - session.silent_for);
  status.asked = session.asked;
  status.asks = session.asks;
  status.pulses = session.pulses;
  status.schedule = session.schedule;
  status.grace = session.grace;
  status.due = session.due;
  status.running_since = session.running_since;
  status.last_run = session.last_run;
  return status;
}

}  // namespace

Hub::Hub(env::Env env, const RunOptions& options, api::About about, HubParts parts)
    : env_(env),
      parts_(parts),
      agent_(about.agent),
      state_(std::move(about)),
      feed_(env, state_),
      records_(env, parts.keeper, [this](const base::AgentId& agent) { return state_.name_of(agent); }),
      server_(env, server_options(options, parts.facts), router_),
      changed_(env.executor) {
  parts_.keeper.writer().observe([this](std::vector<record::NamedRecord> stored) { pass_on(stored); });
  api::add_routes(router_, {env, state_, feed_, parts_.keeper, records_, [this] { return reload_(); },
                            [this](std::optional<std::string> name) { return test_(std::move(name)); }});
  api::add_key_routes(router_, parts_.keys);
  api::add_ui_routes(router_);
  state_.set_addresses(own_addresses(parts.facts));
}

env::Task<void> Hub::remember() {
  const auto records = co_await parts_.keeper.recent();
  std::map<std::pair<std::string, record::Authentication>, record::PulseChange> sessions;
  for (const auto& named : records) {
    state_.apply(named);
    const auto* change = std::get_if<record::PulseChange>(&named.body);
    if (change != nullptr && named.id.agent == agent_) {
      sessions[{change->session.raw(), change->authentication}] = *change;
    }
  }
  for (auto& [name, change] : sessions) known_sessions_.push_back(std::move(change));
  const auto agents = co_await parts_.keeper.agents();
  for (const auto& agent : agents) {
    state_.set_agent(agent.id, {agent.name.raw(), false, agent.last_seen, 0});
  }
  auto figures = co_await parts_.keeper.figures();
  state_.set_store(std::move(figures));
  if (const std::string damage = parts_.keeper.damage(); !damage.empty()) state_.set_problem("store", damage);
}

env::Task<void> Hub::take_news() {
  base::Instant taken;
  for (;;) {
    auto arrived = co_await parts_.news.receive();
    if (arrived.empty()) break;
    const base::Instant before = std::exchange(taken, env_.clock.now());
    for (auto& news : arrived) take(std::move(news));
    const auto refused = parts_.news.take_refused();
    if (refused > 0) take(News(record::Record(news_gap(refused, env_.clock.wall_now()))));
    const auto unheard = parts_.keeper.take_unheard();
    if (unheard.at(static_cast<std::size_t>(api::Subject::sessions)) > 0 && unheard_) unheard_();
    for (const api::Subject subject : api::kSubjects) {
      records_.missed(subject, unheard.at(static_cast<std::size_t>(subject)));
    }
    if (taken - before < kGulp) co_await env_.clock.sleep_for(kGulp);
  }
  news_ended_ = true;
  changed_.notify();
}

env::Task<void> Hub::news_taken() {
  while (!news_ended_) co_await changed_.wait();
}

void Hub::take(News news) {
  if (auto* record = std::get_if<record::Record>(&news)) {
    if (const auto* result = std::get_if<record::ProbeResult>(record)) monitored_.learn(*result);
    show({{agent_, 0, record::lane_of(*record), 0}, *record});
    parts_.keeper.writer().sink().accept(std::move(*record));
  } else if (const auto* sessions = std::get_if<SessionNews>(&news)) {
    take_sessions(sessions->sessions);
    for (const auto& name : sessions->gone) state_.sessions().forget_awaited(agent_, base::UntrustedText(name));
  } else if (const auto* blind = std::get_if<BlindNews>(&news)) {
    take_blind(blind->blind);
  } else if (const auto* capture = std::get_if<CaptureNews>(&news)) {
    state_.captures().set_state(agent_, capture->interface, capture->state, base::UntrustedText(capture->why));
    // What somebody switched off is no problem.
    const bool fine = capture->state == "capturing" || !parts_.capture_wanted;
    const std::size_t number = capture->interface_number;
    state_.set_problem("capture" + (number == 0 ? "" : ' ' + std::to_string(number + 1)),
                       fine ? "" : "no capture on " + capture->interface + ": " + capture->why);
  } else if (auto* start = std::get_if<StartNews>(&news)) {
    if (start->failed && start->river == "probe") state_.set_problem("probe", "no pings: " + start->what);
    started_[start->river] = std::move(*start);
    changed_.notify();
  } else if (const auto* remote = std::get_if<RemoteNews>(&news)) {
    for (const auto& named : remote->records) show(named);
    pass_on(remote->records);
  } else if (const auto* talks = std::get_if<ConversationNews>(&news)) {
    state_.show_conversations(agent_, talks->conversations);
    feed_.conversations_changed();
  } else if (auto* figures = std::get_if<FigureNews>(&news)) {
    state_.set_figures(figures->part, std::move(figures->families));
  } else if (const auto* loss = std::get_if<GapNews>(&news)) {
    show({{agent_, 0, loss->gap.lane, 0}, loss->gap});
  } else if (const auto* problem = std::get_if<ProblemNews>(&news)) {
    state_.set_problem(problem->name, problem->text);
  } else {
    ++flushes_;
    changed_.notify();
  }
}

void Hub::pass_on(const std::vector<record::NamedRecord>& stored) {
  records_.publish(stored);
  if (stored_) stored_(stored);
}

record::Labels Hub::labels_of(const std::string& session) const {
  const auto found = session_labels_.find(session);
  return found == session_labels_.end() ? record::Labels() : found->second;
}

void Hub::label_sessions(const std::vector<config::SessionSettings>& sessions) {
  session_labels_.clear();
  for (const auto& session : sessions) session_labels_[session.name] = session.labels;
}

void Hub::take_sessions(const std::vector<heartbeat::SessionStatus>& sessions) {
  const base::WallTime now = env_.clock.wall_now();
  std::vector<api::SessionStatus> statuses;
  statuses.reserve(sessions.size());
  for (const auto& session : sessions) {
    statuses.push_back(shown(session, now));
    // One that nothing proves is not the one that the settings name.
    if (session.authentication == record::Authentication::none) continue;
    statuses.back().labels = labels_of(session.name.raw());
  }
  state_.sessions().update(agent_, statuses);
  feed_.sessions_changed();
}

void Hub::take_blind(const std::vector<heartbeat::BlindStatus>& blind) {
  std::vector<api::BlindTime> times;
  for (const auto& one : blind) {
    times.push_back({one.since, base::UntrustedText(one.interface), base::UntrustedText(one.why), one.sessions});
  }
  state_.set_blind(std::move(times));
  feed_.health_changed();
}

env::Task<void> Hub::keep_house() {
  for (;;) {
    co_await env_.clock.sleep_for(kHouseEvery);
    auto figures = co_await parts_.keeper.figures();
    const std::uint64_t lost = figures.lost;
    state_.set_problem("lost", lost > 0 ? std::to_string(lost) + " records could not be stored" : "");
    const auto& failing = parts_.keeper.writer().counts().failing;
    state_.set_problem("store", failing ? "the store cannot be written: " + failing->message : parts_.keeper.damage());
    state_.set_store(std::move(figures));
    state_.set_figures("http", http_figures(server_.counters(), server_.connections()));
    state_.expire(env_.clock.wall_now());
  }
}

env::Task<void> Hub::serve(std::unique_ptr<env::Listener> listener, http::Origin origin) {
  return server_.serve(std::move(listener), origin);
}

env::Task<void> Hub::close() {
  feed_.close();
  records_.close();
  co_await server_.stop();
}

env::Task<void> Hub::flush() {
  while (!parts_.news.post(FlushMark())) co_await env_.clock.sleep_for(kRetryFlush);
  const std::uint64_t wanted = ++marks_;
  while (flushes_ < wanted) co_await changed_.wait();
  co_await parts_.keeper.writer().flush();
}

env::Task<StartNews> Hub::started(std::string river, base::Duration within) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const base::Instant deadline = env_.clock.now() + within;
  while (!started_.contains(river) && env_.clock.now() < deadline) {
    auto changed = changed_.wait();
    auto sleep = env_.clock.sleep_until(deadline);
    co_await (std::move(changed) || std::move(sleep));
  }
  const auto found = started_.find(river);
  co_return found != started_.end() ? found->second : StartNews{river, "still starting", false};
}

}  // namespace holter::app
