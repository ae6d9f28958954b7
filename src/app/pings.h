// Pings is the way in by ping URLs, on the main loop: the desk that knows whom they mean, its routes on the page's
// port, and the ports of heartbeat.pings, which serve nothing else. What is said goes to the heartbeat river by a
// bounded box.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/figures.h"
#include "config/settings.h"
#include "heartbeat/key_ring.h"
#include "heartbeat/ping_desk.h"
#include "http/server.h"

namespace holter::app {

class Pings {
 public:
  // Fewer than the page's: a ping is short.
  static constexpr std::size_t kMaxConnections = 128;

  // `say` hands over what was said; false when there is no room.
  Pings(env::Env env, std::function<bool(heartbeat::PingSign)> say);

  // Opens the ports; before serve().
  base::Result<void> listen(const std::vector<base::Endpoint>& endpoints);
  // On the page's router, which this outlives.
  void add_routes(http::Router& router);
  // Until cancelled; then stop().
  env::Task<void> serve();
  env::Task<void> stop();

  // Whom URLs can mean: the sessions of the settings, and the names that have a key which is not revoked.
  void set_sessions(const std::vector<config::SessionSettings>& sessions);
  void set_keys(const heartbeat::Keys& keys);
  // Sessions from before a restart.
  void remember(const std::vector<record::PulseChange>& known);
  std::vector<api::FigureFamily> figures() const;

 private:
  void tell_desk();

  env::Env env_;
  heartbeat::PingDesk desk_;
  heartbeat::PingDesk::Names sessions_;
  heartbeat::PingDesk::Names keyed_;
  std::optional<heartbeat::Secret> secret_;
  std::function<bool(heartbeat::PingSign)> say_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;  // made by listen()
  std::vector<std::unique_ptr<env::Listener>> listeners_;
};

}  // namespace holter::app
