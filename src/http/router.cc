#include "http/router.h"

namespace holter::http {

void Router::add(const std::string& method, const std::string& path, Handler handler) {
  const bool is_prefix = path.ends_with("/*");
  auto& routes = is_prefix ? prefixes_ : exact_;
  routes[is_prefix ? path.substr(0, path.size() - 1) : path].by_method[method] = std::move(handler);
}

std::string Router::Route::methods() const {
  std::string names;
  for (const auto& [method, handler] : by_method) {
    if (!names.empty()) names += ", ";
    names += method == "GET" ? "GET, HEAD" : method;
  }
  return names;
}

const Router::Route* Router::find(const std::string& path) const {
  if (const auto found = exact_.find(path); found != exact_.end()) return &found->second;
  // Longest prefix first: the map is sorted, so walk back from the first key that is greater.
  for (auto it = prefixes_.upper_bound(path); it != prefixes_.begin();) {
    --it;
    if (path.starts_with(it->first)) return &it->second;
  }
  return nullptr;
}

env::Task<Response> Router::handle(Request request) const {
  const Route* route = find(request.path);
  if (route == nullptr) {
    const base::Error error{base::ErrorKind::not_found, "no such page; GET /api/v1/health is a start"};
    co_return error_response(error);
  }
  const bool head = request.method == "HEAD";
  const auto handler = route->by_method.find(head ? "GET" : request.method);
  if (handler == route->by_method.end()) {
    const base::Error error{base::ErrorKind::invalid, "this path does not take that method"};
    Response response = error_response(error);
    response.status = 405;
    response.headers.emplace_back("Allow", route->methods());
    co_return response;
  }
  Response response = co_await handler->second(std::move(request));
  response.head_only = head;
  if (head) {
    response.events = nullptr;
    response.stream = nullptr;
  }
  co_return response;
}

}  // namespace holter::http
