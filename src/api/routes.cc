#include "api/routes.h"

#include <algorithm>

#include "api/record_answer.h"

namespace holter::api {
namespace {

constexpr std::size_t kMaxShownConversations = 1'000;
constexpr std::size_t kDefaultShownConversations = 20;
// A person may leave what came in a pager for a day; whoever asks over the network may not.
constexpr base::Duration kControlPieceDeadline = base::Duration::hours(24);

using Handler = http::Router::Handler;

FindAgent agents_of(const RouteContext& context) {
  LiveState* state = &context.state;
  return [state](const std::string& text) { return state->find_agent(text); };
}

NameOf names_of(const RouteContext& context) {
  LiveState* state = &context.state;
  return [state](const base::AgentId& agent) { return state->name_of(agent); };
}

base::Error only_by_control(const std::string& what) {
  return {base::ErrorKind::permission,
          what +
              " over holter's control socket only, until there are keys and accounts: use the holter command on that "
              "host, or curl --unix-socket"};
}

http::Response with_patience(http::Response response, http::Origin origin) {
  if (origin == http::Origin::control) response.piece_deadline = kControlPieceDeadline;
  return response;
}

// Conversations that go on are newer on the board than in the store; they belong to the first page.
std::vector<record::NamedRecord> live_part(const RouteContext& context, const RecordQuestion& question) {
  if (question.subject != Subject::conversations || question.after) return {};
  auto live = context.state.conversations().going_on(question.agent, question.wanted);
  std::erase_if(live, [&question](const record::NamedRecord& named) {
    const base::WallTime at = record::time_of(named.body);
    return at < question.from || at >= question.to;
  });
  return live;
}

env::Task<http::Response> stored(RouteContext context, Subject subject, http::Request request) {
  if (subject == Subject::packets && request.origin != http::Origin::control) {
    co_return http::error_response(only_by_control("packets are told"));
  }
  auto question = record_question(subject, request, context.env.clock.wall_now(), agents_of(context));
  if (!question) co_return http::error_response(question.error());
  auto live = live_part(context, *question);
  if (question->form == Form::lines) {
    auto lines = answer_lines(context.source, std::move(*question), names_of(context), std::move(live));
    co_return with_patience(std::move(lines), request.origin);
  }
  co_return co_await answer_page(context.source, std::move(*question), names_of(context), std::move(live));
}

env::Task<http::Response> sessions(RouteContext context, http::Request request) {
  Parameters given(request.query);
  SessionBoard::Selection selection;
  selection.agent = agent_of(given, agents_of(context));
  selection.wanted = predicate_of(Subject::sessions, given);
  const Form form = form_of(request, given);
  const auto limit = given.number("limit", 0, kMaxSessions, 0);
  if (const auto wrong = given.mistakes()) co_return http::error_response(*wrong);
  const base::WallTime now = context.env.clock.wall_now();
  if (form == Form::lines) co_return answer_lines_of(context.state.session_lines(now, selection), limit);
  co_return http::json_response(context.state.sessions_json(now, selection));
}

env::Task<http::Response> conversations_now(RouteContext context, http::Request request) {
  Parameters given(request.query);
  const auto limit = given.number("limit", 1, kMaxShownConversations, kDefaultShownConversations);
  if (const auto wrong = given.mistakes()) co_return http::error_response(*wrong);
  co_return http::json_response(context.state.conversations_json(limit));
}

http::Response page_events(const RouteContext& context) {
  http::Response response;
  if (context.feed.readers() >= kMaxLiveReaders) {
    return http::error_response({base::ErrorKind::full, "too many live readers; close one"});
  }
  LiveFeed* feed = &context.feed;
  response.events = [feed](http::EventWriter& writer) { return feed->serve(writer); };
  return response;
}

http::Response follow(const RouteContext& context, const http::Request& request) {
  auto question = follow_question(request, context.env.clock.wall_now(), agents_of(context));
  if (!question) return http::error_response(question.error());
  const bool packets =
      std::ranges::any_of(question->topics, [](const auto& t) { return t.subject == Subject::packets; });
  if (packets && request.origin != http::Origin::control) {
    return http::error_response(only_by_control("packets are told"));
  }
  if (context.records.followers() >= kMaxFollowers) {
    return http::error_response({base::ErrorKind::full, "too many followers; end one"});
  }
  http::Response response;
  response.content_type = "text/event-stream";
  RecordFeed* records = &context.records;
  response.stream = [records, question = std::move(*question)](http::BodyWriter& body) {
    return records->follow(question, body);
  };
  return with_patience(std::move(response), request.origin);
}

env::Task<http::Response> live(RouteContext context, http::Request request) {
  if (request.query.contains("topics")) co_return follow(context, request);
  Parameters given(request.query);
  given.text("topics");
  if (const auto wrong = given.mistakes()) co_return http::error_response(*wrong);
  co_return page_events(context);
}

env::Task<http::Response> reload(RouteContext context, http::Request request) {
  if (request.origin != http::Origin::control)
    co_return http::error_response(only_by_control("holter is told to reload"));
  if (!context.reload) {
    const base::Error nothing{base::ErrorKind::unsupported, "this holter has no configuration to read again"};
    co_return http::error_response(nothing);
  }
  const auto changed = co_await context.reload();
  if (!changed) co_return http::error_response(changed.error());
  base::JsonWriter json;
  co_return http::json_response(json.begin_object().member("changed", *changed).end_object().take());
}

env::Task<http::Response> test_notifiers(RouteContext context, http::Request request) {
  if (request.origin != http::Origin::control) co_return http::error_response(only_by_control("notifiers are tried"));
  Parameters given(request.query);
  const std::string name = given.text("name");
  if (const auto wrong = given.mistakes()) co_return http::error_response(*wrong);
  auto testing = context.test_notifiers(name.empty() ? std::nullopt : std::optional(name));
  const auto tests = co_await std::move(testing);
  if (!tests) co_return http::error_response(tests.error());
  base::JsonWriter json;
  json.begin_object().key("notifiers").begin_array();
  for (const auto& test : *tests) {
    json.begin_object().member("name", test.name).member("delivered", test.delivered).member("said", test.said);
    json.member("took_ms", base::milliseconds(test.took)).end_object();
  }
  co_return http::json_response(json.end_array().end_object().take());
}

Handler records_route(RouteContext context, Subject subject) {
  return [context, subject](http::Request request) { return stored(context, subject, std::move(request)); };
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
  router.add("GET", "/api/v1/capture",
             body(context, [](const Context& c) { return http::json_response(c.state.capture_json(true)); }));
  router.add("GET", "/metrics", body(context, [](const Context& c) {
               http::Response response;
               response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
               response.body = c.state.metrics_text();
               return response;
             }));
  const auto with_request = [&router, &context](const char* method, const char* path, auto route) {
    router.add(method, path, [context, route](http::Request request) { return route(context, std::move(request)); });
  };
  with_request("GET", "/api/v1/sessions", sessions);
  with_request("GET", "/api/v1/conversations/now", conversations_now);
  with_request("GET", "/api/v1/live", live);
  with_request("POST", "/api/v1/reload", reload);
  if (context.test_notifiers) with_request("POST", "/api/v1/notify/test", test_notifiers);
  router.add("GET", "/api/v1/results", records_route(context, Subject::results));
  router.add("GET", "/api/v1/sessions/changes", records_route(context, Subject::sessions));
  router.add("GET", "/api/v1/packets", records_route(context, Subject::packets));
  router.add("GET", "/api/v1/conversations", records_route(context, Subject::conversations));
  router.add("GET", "/api/v1/network", records_route(context, Subject::network));
}

}  // namespace holter::api
