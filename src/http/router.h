// Router maps method and path to a handler. Each part contributes its own routes; app joins them. Handlers are
// coroutines on the server's loop and must not block it (use env::Offload).
#pragma once

#include <functional>
#include <map>
#include <string>

#include "http/message.h"

namespace holter::http {

class Router {
 public:
  using Handler = std::function<env::Task<Response>(Request)>;

  // An exact path, or a prefix when it ends in "/*". HEAD is answered as GET without the body.
  void add(const std::string& method, const std::string& path, Handler handler);
  // 404 for an unknown path, 405 for a known one asked with another method.
  env::Task<Response> handle(Request request) const;

 private:
  struct Route {
    std::map<std::string, Handler> by_method;
    // As the Allow header lists them.
    std::string methods() const;
  };
  const Route* find(const std::string& path) const;

  std::map<std::string, Route> exact_;
  std::map<std::string, Route> prefixes_;
};

}  // namespace holter::http
