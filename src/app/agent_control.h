// AgentControl is an agent's end of the control socket, where `holter freeze` asks for the frames of the last seconds.
// All else is known to the hub, and it says so. One loop.
#pragma once

#include <string>

#include "env/env.h"
#include "http/router.h"
#include "http/server.h"

namespace holter::app {

class AgentControl {
 public:
  // `hub` in words.
  AgentControl(env::Env env, const std::string& hub);

  http::Router& router() { return router_; }
  // Until cancelled. Where the socket cannot be made the agent goes on without it, which is logged.
  env::Task<void> serve(std::string socket);
  // After serve().
  env::Task<void> stop() { return server_.stop(); }

 private:
  env::Env env_;
  http::Router router_;
  http::Server server_;
};

}  // namespace holter::app
