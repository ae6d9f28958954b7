#include "api/routes.h"

#include <charconv>

namespace holter::api {
namespace {

constexpr std::size_t kMaxResults = 10'000;
constexpr std::size_t kMaxShownConversations = 1'000;

std::string value_of(const http::Request& request, const std::string& name, std::string fallback) {
  const auto found = request.query.find(name);
  return found == request.query.end() || found->second.empty() ? fallback : found->second;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "90s", "10m", "2h", "7d".
std::optional<base::Duration> duration_of(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = number_of(text.substr(0, text.size() - 1));
  if (!count || *count > 100'000) return std::nullopt;
  const auto n = static_cast<std::int64_t>(*count);
  switch (text.back()) {
    case 's': return base::Duration::seconds(n);
    case 'm': return base::Duration::minutes(n);
    case 'h': return base::Duration::hours(n);
    case 'd': return base::Duration::hours(24 * n);
    default: return std::nullopt;
  }
}

base::Result<std::size_t> limit_of(const http::Request& request, std::size_t fallback, std::size_t most) {
  const auto limit = number_of(value_of(request, "limit", std::to_string(fallback)));
  if (limit && *limit >= 1 && *limit <= most) return static_cast<std::size_t>(*limit);
  return base::Error{base::ErrorKind::invalid, "limit must be a number from 1 to " + std::to_string(most)};
}

base::Result<ResultQuery> result_query(const http::Request& request, base::WallTime now) {
  ResultQuery query;
  query.probe = value_of(request, "probe", "");
  const auto limit = limit_of(request, query.limit, kMaxResults);
  if (!limit) return limit.error();
  query.limit = *limit;
  const auto since = duration_of(value_of(request, "since", "1h"));
  if (!since) return base::Error{base::ErrorKind::invalid, "since must be a duration such as 90s, 10m, 2h or 7d"};
  query.from = now - *since;
  if (const std::string agent = value_of(request, "agent", ""); !agent.empty()) {
    const auto id = base::parse_agent_id(agent);
    if (!id) return base::Error{base::ErrorKind::invalid, "agent must be 32 hexadecimal digits"};
    query.agent = *id;
  }
  return query;
}

env::Task<http::Response> results(RouteContext context, http::Request request) {
  const auto query = result_query(request, context.env.clock.wall_now());
  if (!query) co_return http::error_response(query.error());
  const auto found = co_await context.read_results(*query);
  if (!found) co_return http::error_response(found.error());
  base::JsonWriter json;
  json.begin_object().key("results").begin_array();
  for (const auto& named : *found) {
    if (const auto* result = std::get_if<record::ProbeResult>(&named.body)) write_result(json, named.id.agent, *result);
  }
  json.end_array().end_object();
  co_return http::json_response(json.take());
}

env::Task<http::Response> conversations(RouteContext context, http::Request request) {
  const auto limit = limit_of(request, 20, kMaxShownConversations);
  if (!limit) co_return http::error_response(limit.error());
  co_return http::json_response(context.state.conversations_json(*limit));
}

env::Task<http::Response> live(RouteContext context, http::Request) {
  http::Response response;
  if (context.feed.readers() >= kMaxLiveReaders) {
    const base::Error error{base::ErrorKind::full, "too many live readers; close one"};
    co_return http::error_response(error);
  }
  LiveFeed* feed = &context.feed;
  response.events = [feed](http::EventWriter& writer) { return feed->serve(writer); };
  co_return response;
}

// A route whose body is made from the state alone.
http::Router::Handler body(RouteContext context, std::function<http::Response(const RouteContext&)> make) {
  return [context, make](http::Request) -> env::Task<http::Response> {
    // The coroutine keeps nothing of this lambda: the answer is complete before the first suspension.
    return [](http::Response response) -> env::Task<http::Response> { co_return response; }(make(context));
  };
}

}  // namespace

void add_routes(http::Router& router, RouteContext context) {
  using Context = RouteContext;
  router.add("GET", "/api/v1/health", body(context, [](const Context& c) {
               return http::json_response(c.state.health_json(c.env.clock.wall_now()));
             }));
  router.add("GET", "/api/v1/targets", body(context, [](const Context& c) {
               return http::json_response(c.state.targets_json(c.env.clock.wall_now()));
             }));
  router.add("GET", "/api/v1/sessions", body(context, [](const Context& c) {
               return http::json_response(c.state.sessions_json(c.env.clock.wall_now()));
             }));
  router.add("GET", "/api/v1/capture",
             body(context, [](const Context& c) { return http::json_response(c.state.capture_json(true)); }));
  router.add("GET", "/metrics", body(context, [](const Context& c) {
               http::Response response;
               response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
               response.body = c.state.metrics_text();
               return response;
             }));
  router.add("GET", "/api/v1/results",
             [context](http::Request request) { return results(context, std::move(request)); });
  router.add("GET", "/api/v1/conversations",
             [context](http::Request request) { return conversations(context, std::move(request)); });
  router.add("GET", "/api/v1/live", [context](http::Request request) { return live(context, std::move(request)); });
}

}  // namespace holter::api
