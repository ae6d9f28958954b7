#include "app/agent_control.h"

namespace holter::app {
namespace {

env::Task<http::Response> elsewhere(std::string hub) {
  co_return http::error_response({base::ErrorKind::unsupported, "this is an agent; its hub, " + hub + ", knows that"});
}

}  // namespace

AgentControl::AgentControl(env::Env env, const std::string& hub) : env_(env), server_(env, {}, router_) {
  for (const char* method : {"GET", "POST"}) {
    router_.add(method, "/api/*", [hub](http::Request) { return elsewhere(hub); });
  }
}

env::Task<void> AgentControl::serve(std::string socket) {
  auto listener = env_.network.listen_local(socket);
  if (listener) co_return co_await server_.serve(std::move(*listener), http::Origin::control);
  env_.log.warn("holter", "`holter freeze` does not reach this agent; choose another directory with --runtime",
                {{"socket", socket}, {"why", listener.error().message}});
}

}  // namespace holter::app
