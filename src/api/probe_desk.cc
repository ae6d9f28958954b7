#include "api/probe_desk.h"

#include <algorithm>
#include <charconv>

#include "api/blackbox_metrics.h"
#include "api/parameters.h"

namespace holter::api {
namespace {

using record::ProbeKind;

constexpr const char* kTextFormat = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* kDefaultModule = "http_2xx";
constexpr base::Duration kLeastTimeout = base::Duration::milliseconds(10);
constexpr std::size_t kMaxTargetBytes = 2'048;

// A page of another site can have a browser on this host open a URL here; newer browsers say so (Fetch Metadata).
bool asked_by_page(const http::Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none";
}

// How long Prometheus waits at most; absent when it does not say, ErrorKind::invalid when nobody can read it.
base::Result<std::optional<base::Duration>> scrape_timeout(const http::Request& request) {
  const std::string_view text = request.header("x-prometheus-scrape-timeout-seconds");
  if (text.empty()) return std::optional<base::Duration>();
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(seconds > 0 && seconds <= 86'400)) {
    return base::Error{base::ErrorKind::invalid, "X-Prometheus-Scrape-Timeout-Seconds is no number of seconds"};
  }
  return std::optional(base::Duration::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

http::Response text_response(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

record::ProbeResult not_probed(const env::Env& env, const record::ProbePlan& plan, const std::string& why) {
  record::ProbeResult result;
  result.kind = plan.kind;
  result.target = base::UntrustedText(plan.target);
  result.started = env.clock.wall_now();
  result.outcome = record::Outcome::resolve_failed;
  result.failed_in = record::Phase::resolve;
  result.detail = base::UntrustedText(why);
  return result;
}

std::string debug_text(const record::ProbeResult& result, const std::string& metrics) {
  return "Logs for the probe:\n" + to_string(result.transcript) + std::string(to_string(result.outcome)) + "  " +
         base::UntrustedText(result.detail).for_terminal() + "\n\nMetrics that would have been returned:\n" + metrics;
}

}  // namespace

std::optional<record::ProbePlan> built_in_module(const std::string& name) {
  struct BuiltIn {
    std::string_view name;
    ProbeKind kind;
    const char* expect = nullptr;
  };
  static constexpr BuiltIn kBuiltIns[] = {{"icmp", ProbeKind::icmp},
                                          {"tcp", ProbeKind::tcp},
                                          {"tcp_connect", ProbeKind::tcp},
                                          {"http", ProbeKind::http},
                                          {"http_2xx", ProbeKind::http, "status >= 200 and status < 300"},
                                          {"https", ProbeKind::https},
                                          {"dns", ProbeKind::dns},
                                          {"udp", ProbeKind::udp},
                                          {"ntp", ProbeKind::ntp},
                                          {"trace", ProbeKind::trace}};
  const auto* const found = std::ranges::find(kBuiltIns, name, &BuiltIn::name);
  if (found == std::end(kBuiltIns)) return std::nullopt;
  record::ProbePlan plan;
  plan.name = name;
  plan.kind = found->kind;
  plan.timeout = record::default_timeout(plan.kind);
  if (found->expect != nullptr) plan.expect.emplace_back(found->expect);
  return plan;
}

ProbeDesk::ProbeDesk(env::Env env, ProbeNow probe, FindMistake find_mistake)
    : env_(env), probe_(std::move(probe)), find_mistake_(std::move(find_mistake)) {}

void ProbeDesk::set(bool enabled, const std::vector<record::ProbePlan>& modules) {
  enabled_ = enabled;
  modules_.clear();
  for (const auto& module : modules) modules_[module.name] = module;
}

void ProbeDesk::add_route(http::Router& router) {
  router.add("GET", "/probe", [this](http::Request request) { return answer(std::move(request)); });
}

base::Result<record::ProbePlan> ProbeDesk::plan_of(const http::Request& request) const {
  using base::Error;
  if (!enabled_) {
    return Error{base::ErrorKind::not_found,
                 "/probe is not answered here unless http.probe = true stands in holter.toml"};
  }
  if (asked_by_page(request)) {
    return Error{base::ErrorKind::permission, "pages of another site may not have anything probed"};
  }
  Parameters given(request.query);
  const std::string target = given.text("target");
  const std::string name = given.text("module");
  given.text("debug");
  if (auto wrong = given.mistakes()) return *wrong;
  if (target.empty()) return Error{base::ErrorKind::invalid, "Target parameter is missing"};
  if (target.size() > kMaxTargetBytes) return Error{base::ErrorKind::invalid, "the target is longer than 2048 bytes"};
  const std::string module = name.empty() ? kDefaultModule : name;
  const auto found = modules_.find(module);
  auto plan = found != modules_.end() ? std::optional(found->second) : built_in_module(module);
  if (!plan) {
    return Error{base::ErrorKind::invalid, "Unknown module \"" + base::UntrustedText(module).for_terminal() + '"'};
  }
  const auto timeout = scrape_timeout(request);
  if (!timeout) return timeout.error();
  if (*timeout) plan->timeout = std::max(kLeastTimeout, std::min(plan->timeout, **timeout - kScrapeMargin));
  plan->target = target;
  return std::move(*plan);
}

env::Task<base::Result<ProbeAnswer>> ProbeDesk::probed(record::ProbePlan plan) {
  if (const auto mistake = find_mistake_(plan)) co_return ProbeAnswer{not_probed(env_, plan, *mistake), {}};
  auto probing = probe_(std::move(plan));
  co_return co_await std::move(probing);
}

env::Task<http::Response> ProbeDesk::answer(http::Request request) {
  auto plan = plan_of(request);
  if (!plan) {
    ++refused_;
    co_return text_response(http::status_of(plan.error().kind), plan.error().message + '\n');
  }
  auto probing = probed(std::move(*plan));
  const auto answer = co_await std::move(probing);
  if (!answer) {
    ++(answer.error().kind == base::ErrorKind::full ? full_ : refused_);
    co_return text_response(503, answer.error().message + '\n');
  }
  ++answered_;
  auto metrics = blackbox_metrics(answer->result, answer->took);
  const auto debug = request.query.find("debug");
  if (debug != request.query.end() && debug->second == "true") {
    co_return text_response(200, debug_text(answer->result, metrics));
  }
  auto response = text_response(200, std::move(metrics));
  response.content_type = kTextFormat;
  co_return response;
}

std::vector<FigureFamily> ProbeDesk::figures() const {
  return {{"holter_probe_requests",
           "Requests to /probe, by what came of them.",
           "answer",
           true,
           {{"probed", answered_}, {"full", full_}, {"refused", refused_}}}};
}

}  // namespace holter::api
