#include "app/pings.h"

#include "app/figures.h"
#include "heartbeat/ping_routes.h"

namespace holter::app {

Pings::Pings(env::Env env, std::function<bool(heartbeat::PingSign)> say)
    : env_(env), desk_(heartbeat::PingNames()), say_(std::move(say)) {
  heartbeat::add_ping_routes(router_, {desk_, env_, say_}, heartbeat::PingPort::elsewhere);
}

base::Result<void> Pings::listen(const std::vector<base::Endpoint>& endpoints) {
  http::ServerOptions options;
  options.max_connections = kMaxConnections;
  options.guard.open = true;
  server_ = std::make_unique<http::Server>(env_, options, router_);
  for (const base::Endpoint& endpoint : endpoints) {
    auto listener = env_.network.listen(endpoint);
    if (!listener) {
      return base::with_context("cannot take ping URLs at " + to_string(endpoint) + " (see heartbeat.pings)",
                                listener.error());
    }
    listeners_.push_back(std::move(*listener));
  }
  return {};
}

void Pings::add_routes(http::Router& router) {
  heartbeat::add_ping_routes(router, {desk_, env_, say_}, heartbeat::PingPort::own_host);
}

env::Task<void> Pings::serve() {
  env::TaskGroup serving(env_.executor);
  for (auto& listener : listeners_) {
    env_.log.info("heartbeat", "taking ping URLs", {{"on", listener->local()}});
    serving.spawn(server_->serve(std::move(listener), http::Origin::network));
  }
  co_await serving.join();
}

env::Task<void> Pings::stop() {
  if (server_) co_await server_->stop();
}

void Pings::set_sessions(const std::vector<config::SessionSettings>& sessions) {
  sessions_.clear();
  for (const auto& session : sessions) sessions_.insert(session.name);
  tell_desk();
}

void Pings::remember(const std::vector<record::PulseChange>& known) {
  for (const record::PulseChange& change : known) {
    if (change.authentication == record::Authentication::key) desk_.remember(change.session.raw());
  }
}

void Pings::set_keys(const heartbeat::Keys& keys) {
  if (secret_ != keys.secret) {
    secret_ = keys.secret;
    desk_.set_secret(secret_ ? std::optional<heartbeat::PingSecret>(*secret_) : std::nullopt);
  }
  keyed_.clear();
  for (const auto& [name, of_name] : keys.names.rows()) {
    if (of_name.newest > of_name.revoked) keyed_.insert(name);
  }
  tell_desk();
}

void Pings::tell_desk() {
  auto names = sessions_;
  names.insert(keyed_.begin(), keyed_.end());
  desk_.set_known(std::move(names));
}

std::vector<api::FigureFamily> Pings::figures() const { return ping_figures(desk_.counters()); }

}  // namespace holter::app
