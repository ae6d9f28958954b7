// Hub is the main loop's own work for the roles `run` and `hub`: it takes the rivers' news, keeps records in the store,
// shows them on the page and the control socket, and keeps house every second. One loop.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "api/key_routes.h"
#include "api/routes.h"
#include "app/keeper.h"
#include "app/monitored_hosts.h"
#include "app/news.h"
#include "app/options.h"
#include "app/plan.h"
#include "http/server.h"

namespace holter::app {

struct HubParts {
  NewsBox& news;
  Keeper& keeper;
  const HostFacts& facts;
  api::KeyDesk& keys;
  bool capture_wanted = true;
};

class Hub {
 public:
  // What `parts` refers to outlives the hub.
  Hub(env::Env env, const RunOptions& options, api::About about, HubParts parts);

  // Shows what the store remembers of the last minutes.
  env::Task<void> remember();
  // Until the news box is closed and empty.
  env::Task<void> take_news();
  // Returns when take_news() has.
  env::Task<void> news_taken();
  // Counts and expires, until cancelled.
  env::Task<void> keep_house();
  env::Task<void> serve(std::unique_ptr<env::Listener> listener, http::Origin origin);
  // Ends every event stream and connection; after it no request reads the store any more.
  env::Task<void> close();

  // Returns when everything that was posted before is durable.
  env::Task<void> flush();
  // What the river said when it began; waits for it, `within` at most.
  env::Task<StartNews> started(std::string river, base::Duration within);
  // The newest change of each session, as it was before the start; once, after remember().
  std::vector<record::PulseChange> known_sessions() { return std::move(known_sessions_); }

  api::LiveState& state() { return state_; }
  // Learns from every result of this host's probes.
  MonitoredHosts& monitored() { return monitored_; }
  // What is served on the page's port; more is added before serve().
  http::Router& router() { return router_; }
  // The labels that sessions are shown with.
  void label_sessions(const std::vector<config::SessionSettings>& sessions);
  // Hears of every record once it is durable, of this host and of agents.
  using Stored = std::function<void(std::span<const record::NamedRecord>)>;
  void on_stored(Stored stored) { stored_ = std::move(stored); }
  // Is told when agents' changes of sessions were stored that on_stored() did not hear of.
  void on_unheard(std::function<void()> unheard) { unheard_ = std::move(unheard); }
  // The labels that a session of this name is shown with.
  record::Labels labels_of(const std::string& session) const;
  // What POST /api/v1/notify/test does.
  void on_test(api::TestNotifiers test) { test_ = std::move(test); }
  // What POST /api/v1/reload does.
  void on_reload(api::Reload reload) { reload_ = std::move(reload); }

 private:
  void show(const record::NamedRecord& named) { feed_.apply(named); }
  void take(News news);
  void pass_on(const std::vector<record::NamedRecord>& stored);
  void take_blind(const std::vector<heartbeat::BlindStatus>& blind);
  void take_sessions(const std::vector<heartbeat::SessionStatus>& sessions);

  env::Env env_;
  HubParts parts_;
  base::AgentId agent_;
  api::LiveState state_;
  api::LiveFeed feed_;
  api::RecordFeed records_;
  http::Router router_;
  http::Server server_;
  env::Signal changed_;  // a river began, or a flush mark was passed
  std::map<std::string, StartNews> started_;
  std::vector<record::PulseChange> known_sessions_;
  std::uint64_t marks_ = 0;    // put into the news box
  std::uint64_t flushes_ = 0;  // that have come out of it
  bool news_ended_ = false;
  api::Reload reload_;
  api::TestNotifiers test_;
  Stored stored_;
  std::function<void()> unheard_;
  MonitoredHosts monitored_;
  std::map<std::string, record::Labels> session_labels_;
};

}  // namespace holter::app
