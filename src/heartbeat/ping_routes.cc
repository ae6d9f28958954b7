#include "heartbeat/ping_routes.h"

#include <algorithm>
#include <array>

#include "base/untrusted_text.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kPrefix = "/ping/";
constexpr const char* kComponent = "heartbeat";
constexpr std::size_t kMaxPathSaid = 80;
// Whoever sets one of these asks for somebody else (RFC 7239 and its forerunners).
constexpr std::array<const char*, 4> kProxyHeaders = {"forwarded", "via", "x-forwarded-for", "x-real-ip"};

http::Response response_of(const PingAnswer& answer) {
  http::Response response;
  response.status = answer.status;
  response.body = std::string(answer.text);
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("Ping-Body-Limit", std::to_string(kPingBodyBytes));
  return response;
}

std::optional<std::string_view> parameter(const http::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return std::nullopt;
  return found->second;
}

bool asked_through_proxy(const http::Request& request) {
  return std::ranges::any_of(kProxyHeaders, [&request](const char* name) { return request.headers.contains(name); });
}

// A page of another site can have a browser on this host open a URL here; newer browsers say so (Fetch Metadata).
bool asked_by_page(const http::Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none";
}

bool is_own_host(const http::Request& request) {
  return request.origin == http::Origin::control || request.peer.address.is_loopback();
}

PingAnswer take(const PingContext& context, PingPort port, http::Request request) {
  const std::string_view path = std::string_view(request.path).substr(kPrefix.size());
  const auto ping = parse_ping(path, parameter(request, "rid"), parameter(request, "create"));
  if (!ping) {
    const PingAnswer invalid = context.desk.count_invalid();
    return ping.error().message == invalid.text ? invalid : PingAnswer{400, "invalid uuid format"};
  }
  const bool keyless =
      port == PingPort::own_host && is_own_host(request) && !asked_through_proxy(request) && !asked_by_page(request);
  auto taken = context.desk.take(*ping, request.method == "POST" ? std::move(request.body) : "",
                                 {request.peer, !keyless}, context.env.clock.now());
  if (taken.sign && !context.say(std::move(*taken.sign))) return context.desk.count_refused();
  if (!taken.sign) {
    const base::UntrustedText shown(path, kMaxPathSaid);
    context.env.log.info(kComponent, "a ping is not taken",
                         {{"why", taken.answer.text}, {"peer", request.peer}, {"url", shown}});
  }
  return taken.answer;
}

env::Task<http::Response> answer(PingContext context, PingPort port, http::Request request) {
  co_return response_of(take(context, port, std::move(request)));
}

env::Task<http::Response> not_found(http::Request /*request*/) { co_return response_of({404, "not found"}); }

}  // namespace

void add_ping_routes(http::Router& router, const PingContext& context, PingPort port) {
  const auto route = [context, port](http::Request request) { return answer(context, port, std::move(request)); };
  router.add("GET", "/ping/*", route);  // and HEAD
  router.add("POST", "/ping/*", route);
  if (port == PingPort::elsewhere) router.add("GET", "/*", not_found);
}

}  // namespace holter::heartbeat
