#include "probe/http/prober.h"

#include "probe/measurement.h"

namespace holter::probe {
namespace {

using record::Outcome;
using record::Phase;

// The addresses to connect to. What it took is added to what the names of earlier requests took.
env::Task<base::Result<std::vector<base::IpAddress>>> addresses_for(env::Env env, std::string host, Way way,
                                                                    base::Instant deadline,
                                                                    record::ProbeResult& result) {
  if (host.empty()) co_return std::vector<base::IpAddress>();
  auto& took = result.phases[static_cast<std::size_t>(Phase::resolve)];
  const auto before = std::exchange(took, std::nullopt);
  auto resolving = resolve_all(env, std::move(host), std::move(way), deadline, result);
  auto addresses = co_await std::move(resolving);
  if (before) took = *before + took.value_or(base::Duration::zero());
  co_return addresses;
}

}  // namespace

env::Task<record::ProbeResult> probe_http(env::Env env, record::ProbePlan plan, const Expectations& expectations) {
  auto result = begin(env, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  auto order = http_order(plan);
  if (!order) {
    co_return failed(std::move(result), Outcome::resolve_failed, Phase::resolve, "the target " + order.error().message);
  }
  const Way way = order->way;
  HttpVisit visit(std::move(*order));
  for (;;) {
    auto resolving = addresses_for(env, visit.host(), way, deadline, result);
    auto addresses = co_await std::move(resolving);
    if (!addresses) co_return failed(std::move(result), addresses.error(), Phase::resolve);
    const base::Instant asked = env.clock.now();
    auto asking = env.http.exchange(visit.request(deadline, std::move(*addresses)));
    auto exchange = co_await std::move(asking);
    if (!visit.take(std::move(exchange), asked, result)) break;
  }
  co_return judge_http(std::move(result), visit, plan.timeout, expectations);
}

}  // namespace holter::probe
