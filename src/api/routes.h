// The hub's routes as docs/api.md describes them: what is now, from a LiveState; what is stored, from a RecordSource;
// and what comes, from the two feeds. Packets, and whatever changes something, are for the control socket only. One
// loop: that of the LiveState.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/live_feed.h"
#include "api/record_feed.h"
#include "http/router.h"

namespace holter::api {

// Reads the configuration again and takes it over; what changed, in words. ErrorKind::invalid holds the mistakes, and
// then nothing has changed.
using Reload = std::function<env::Task<base::Result<std::string>>()>;

// What came back when a notifier was tried.
struct NotifierTest {
  std::string name;
  bool delivered = false;
  std::string said;
  base::Duration took;
};
// Tries all notifiers, or the one of that name (ErrorKind::not_found).
using TestNotifiers =
    std::function<env::Task<base::Result<std::vector<NotifierTest>>>(std::optional<std::string> name)>;

// What the routes work on; everything must outlive the router.
struct RouteContext {
  env::Env env;
  LiveState& state;
  LiveFeed& feed;
  RecordSource& source;
  RecordFeed& records;
  Reload reload = {};  // empty: this holter has nothing to read again
  TestNotifiers test_notifiers = {};
};

void add_routes(http::Router& router, RouteContext context);

}  // namespace holter::api
