// The hub's routes as docs/api.md describes them, over a LiveState and, for stored results, a reader of the store.
// One loop: that of the LiveState.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/live_state.h"
#include "env/env.h"
#include "http/router.h"

namespace holter::api {

inline constexpr std::size_t kMaxLiveReaders = 64;

struct ResultQuery {
  std::string probe;                   // empty: all
  std::optional<base::AgentId> agent;  // absent: all
  base::WallTime from;
  std::size_t limit = 1'000;
};

// Answers from the store, newest first; given by app, so that api needs no store of its own.
using ReadResults = std::function<env::Task<base::Result<std::vector<record::NamedRecord>>>(ResultQuery)>;

// Hub of the event stream: apply() puts a record into the state and wakes the readers.
class LiveFeed {
 public:
  LiveFeed(env::Env env, LiveState& state);
  ~LiveFeed();

  void apply(const record::NamedRecord& named);
  // The sessions' own state changed beside the records (once a second).
  void sessions_changed();
  env::Task<void> serve(http::EventWriter& writer);
  std::size_t readers() const { return readers_->size(); }
  // Ends every reader, so that the server can close.
  void close();

 private:
  struct Reader;
  env::Task<bool> send_first(http::EventWriter& writer);
  env::Task<bool> send_changes(http::EventWriter& writer, Reader& reader);

  env::Env env_;
  LiveState& state_;
  std::shared_ptr<std::vector<Reader*>> readers_;  // shared with them: their frames may die after the feed
  bool closed_ = false;
};

// What the routes work on; everything must outlive the router.
struct RouteContext {
  env::Env env;
  LiveState& state;
  LiveFeed& feed;
  ReadResults read_results;
};

void add_routes(http::Router& router, RouteContext context);

}  // namespace holter::api
