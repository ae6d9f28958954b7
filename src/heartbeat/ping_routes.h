// The routes of ping URLs: HTTP requests in, a PingDesk's answers out, and what is said of sessions towards the
// presence loop. The page's own port takes URLs without a key too, from clients on this host that no proxy asks for;
// another port has these routes alone and always wants a key. One loop: that of the servers.
#pragma once

#include <functional>

#include "env/env.h"
#include "heartbeat/ping_desk.h"
#include "http/router.h"

namespace holter::heartbeat {

// What the routes work on; it outlives the router.
struct PingContext {
  PingDesk& desk;
  env::Env env;
  // Hands over what was said; false when there is no room.
  std::function<bool(PingSign)> say;
};

enum class PingPort : std::uint8_t { own_host, elsewhere };

void add_ping_routes(http::Router& router, const PingContext& context, PingPort port);

}  // namespace holter::heartbeat
